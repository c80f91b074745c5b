# Signing in, errors, and what stands around every page.
language-label = Language
skip = Skip to main content
account = Account
your-account = Your account
queue = Queue
switch-theme = Switch between light and dark theme
sign-out = Sign out
things-to-fix = { $count ->
    [one] One thing to fix
   *[other] { $count } things to fix
}
errors = Errors

## Signing in

sign-in = Sign in
sign-in-to = Sign in to { $name }
email = E-mail
password = Password
does-not-match = This does not match. Check the Caps Lock key.
no-password = No password, or forgotten? An administrator gives you a new one.
not-signed-in = <b>You are not signed in.</b> Check the e-mail address and the <a>password</a>. Nothing is locked.
wait-seconds = <b>You are not signed in.</b> There were too many tries. Wait { $count ->
    [one] 1 second
   *[other] { $count } seconds
}, then try again. Nothing is locked.
wait-minutes = <b>You are not signed in.</b> There were too many tries. Wait { $count ->
    [one] 1 minute
   *[other] { $count } minutes
}, then try again. Nothing is locked.
first-run = Nobody can sign in yet
first-run-title = First run
first-run-words = This instance has no administrator. On the machine it runs on, with the same data, run:
first-run-then = It asks for a password. Then load this page again.
load-again = Load again

## When a page cannot be given

start-page = Go to the start page
error-title = { $kind ->
    [forbidden] This is not yours to do
    [missing] Nothing is here
    [changed] It changed meanwhile
    [large] That is too large
    [throttled] Too many tries
    [busy] The server is busy
    [failed] Something failed here
   *[other] This did not work
}
error-words = { $kind ->
    [forbidden] Your account may not do this. Ask an administrator if you need it.
    [missing] There is nothing at this address, or you may not see it. Check the address, or search for it.
    [changed] Somebody changed it at the same moment. Look at how it stands now, and try again.
    [large] What was sent is larger than this form takes. Files may have 25 MB each.
    [throttled] Wait a little, then try again. Nothing is locked.
    [busy] Nothing is lost that was stored. Try again in a few seconds.
    [method] This address does not take what was sent. Go back and try it from the page.
    [failed] It is written in the log. What was stored is safe. Try again, and tell an administrator if it stays.
   *[other] The request could not be understood. Go back and try again.
}
