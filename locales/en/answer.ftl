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
