// The script of every page: starts what all pages need. Without it links navigate and forms post. The queue and
// the incident have an entry of their own beside it, so that no page loads what only another needs.
import { startCards } from "./js/cards.js";
import { startComboboxes } from "./js/combobox.js";
import { startForms } from "./js/forms.js";
import { startKeys } from "./js/keys.js";
import { startLive } from "./js/live.js";
import { startPalette } from "./js/palette.js";
import { startPopovers } from "./js/popover.js";
import { startTheme } from "./js/theme.js";
import { startTime } from "./js/time.js";
import { startToasts } from "./js/toast.js";
import { startUploads } from "./js/upload.js";

startTime();
startTheme();
startPopovers();
startCards();
startComboboxes();
startForms();
startToasts();
startUploads();
startKeys();
if (document.querySelector("[data-palette]")) startPalette();
startLive();
