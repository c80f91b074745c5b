# One’s own page, and searching.
preferences-stored = Your preferences are stored.
notifications-stored = How you are told is stored.
password-changed = Your password is changed. Other sessions were signed out.
sessions-ended = Your other sessions are signed out.
preferences = Preferences
language-hint = Of letters, of the portal and of signing in.
as-the-instance = As the instance: { $language }
time-zone = Time zone
time-zone-hint = Times are shown in it. Empty: as the instance, { $zone }.
no-such-zone = There is no such time zone; choose one such as Europe/Amsterdam
save = Save
theme = Theme
theme-system = As the system
theme-light = Light
theme-dark = Dark
your-password-now = Your password now
new-password = New password
new-password-hint = At least { $count } characters. A few words are easier to keep in mind than signs.
change-password = Change password
no-password = You have no password. An administrator can give you one.
not-your-password = This is not your password
too-many-tries = There were too many tries; wait { $seconds } seconds
password-refused = The new password needs { $least } to { $most } characters
signed-in-where = Where you are signed in
end-others = Sign out all others
browser = Browser
signed-in = Signed in
last-used = Last used
this-one = This one
browser-on = { $browser } on { $system }
browser-unknown = Unknown

## Searching

search = Search
search-for = Search for
search-hint = Words of an incident, its number, or a name.
nothing-found = Nothing found
nothing-found-words = Every word must be there, or the beginning of it. Try fewer words.
