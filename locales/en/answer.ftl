# The page behind the links of a letter: its reader answers without signing in.
open-in-portal = Open it in the portal
still-broken-question = Still broken?
takes-it-up = This takes it up again at once, no new form.
write-what-is-broken = Write in a few words what is still not working.
stands = { $how ->
    [closed] It is closed. Thank you, nothing is to be done any more.
    [withdrawn] It was withdrawn. Nothing is to be done any more.
    [fixed_anew] It was taken up again and fixed anew since this letter. The latest letter has the link for it.
   *[work] It is being worked on again. You are told how it goes on.
}
nowhere = This link leads nowhere
nowhere-words = It may have been cut on its way, or the incident is not yours any more. Open the whole link from the letter, or look in the portal.
too-old = This link is too old
too-old-words = Its time is over. In the portal you see how the incident stands, and can say that it broke again.
open-portal = Open the portal
not-accepted = This could not be accepted. Check what you entered.
rate-question = How content are you with how it went?
words-if-you-like = In a few words, if you like
send-rating = Send
you-rated = Thank you. You said { $score } of 5.
change-until = You can change that until { $at }.
unfollow-question = Stop following { $number }?
unfollow-words = You get no more letters about it. What you reported yourself you are still told.
unfollow-press = Stop following it
unfollowed = You do not follow this incident any more.
unfollow-choose = Choose in your account what else you are told
unfollow-nowhere = It may have been cut on its way. Open the whole link from the letter, or stop following on the incident’s page.
unfollow-too-old = Its time is over. You can stop following on the incident’s page.
unfollow-all-question = No more letters with collected news?
unfollow-all-words = What is new on incidents that you follow then waits in your inbox alone. You can change that in your account.
unfollow-all-press = No more such letters
unfollowed-all = You get no more letters with collected news. Your inbox has it.
