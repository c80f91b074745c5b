# Letters and pages of whoever subscribed to the status page, or is on a list. Plain words.
stands = { $phase ->
    [investigating] We are looking into it.
    [identified] We know the cause.
    [monitoring] It is fixed, and we are watching it.
   *[resolved] It is over.
}
phase = { $phase ->
    [investigating] Investigating
    [identified] Cause known
    [monitoring] Fixed, being watched
   *[resolved] Over
}
fact-stands = Where it stands
fact-concerns = Concerns
fact-expected = Expected back by
fact-next = Next update by
fact-from = From
fact-until = Until
work-subject = { $word ->
    [announced] Planned work
    [changed] Planned work changed
    [cancelled] Planned work called off
    [reminder] Planned work soon
    [started] Planned work begins
   *[completed] Planned work is over
}
work-lead = { $word ->
    [announced] We plan work on this:
    [changed] What we planned has changed. Now it is:
    [cancelled] This does not take place:
    [reminder] This begins soon:
    [started] This begins now:
   *[completed] This is over:
}
see-page = Open it on the status page
change-link = Choose what you hear of
end-link = Unsubscribe
why-subscriber = You get this because { $address } is subscribed to the status page of { $site }.
why-list = You get this because { $address } is on a list of people whom { $site } tells about this. The service desk takes you off it.
why-listed = You get this because { $address } is on a list of people whom { $site } tells about this.
why-asked = You get this because somebody entered { $address } on the status page of { $site }.
confirm-subject = Confirm your subscription to { $site }
confirm-letter = Open this link within 48 hours and press the button there. Then you are told when something of { $site } does not work.
confirm-not-you = If that was not you, do nothing: without a press nothing more is sent.
already-subject = You are subscribed to { $site } already
already-letter = Somebody entered your address again. Nothing changed. Here you choose what you hear of, or unsubscribe.

## The pages

subscribe-title = Subscribe to updates
subscribe-lead = You are told when something of { $site } does not work, and when work on it is planned.
by-mail = By e-mail
by-program = A program, by webhook
your-address = Your e-mail address
program-address = Address of the program
program-hint = It begins with https://. The program gets a challenge at once, and repeats it in its answer.
about-what = What do you want to hear of?
everything = Of everything
only-these = Only of these:
language-of-letters = Language of the letters
subscribe-press = Subscribe
sent-title = Look into your mailbox
sent-words = A letter is on its way to the address that you entered. Open the link in it within 48 hours.
challenged-title = The program is asked now
challenged-words = It gets a challenge at the address that you entered. Once it repeats it, it is subscribed.
confirm-title = Confirm your subscription
confirm-words = Letters about { $site } go to { $address } from then on.
confirm-press = Yes, subscribe
confirmed-title = You are subscribed
confirmed-words = Each letter has a link by which you unsubscribe.
nowhere-title = This link leads nowhere
nowhere-words = It may have been cut on its way, its time may be over, or the subscription ended. You can subscribe again.
manage-title = Your subscription
manage-words = What { $address } is told of.
save-press = Save
saved = Saved.
end-title = Unsubscribe from { $site }?
end-words = { $address } gets no more letters then.
leave-words = { $address } is taken off this list then.
end-press = Yes, unsubscribe
ended-title = You are not subscribed
ended-words = No more letters are sent. What is on its way already may still arrive.
left-title = You are off this list
left-words = It sends you nothing more. What is on its way already may still arrive.
wrong-address = This is no e-mail address. Check it.
wrong-program = This is no address such as https://hooks.example.org/in.
choose-one = Choose everything, or at least one.
no-room = There is no room for more subscribers at present. The feeds on the status page need no address.
too-many = Too many have asked from where you are. Try again in an hour.
to-page = Back to the status page
