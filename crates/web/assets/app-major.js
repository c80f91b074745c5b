// What the room of a major incident needs beside app.js.
import { startCountdown } from "./js/countdown.js";
import { startDrafts } from "./js/drafts.js";
import { startLazy } from "./js/lazy.js";
import { startPresence } from "./js/presence.js";
import { startPreview } from "./js/preview.js";

startCountdown();
startDrafts();
startPresence();
startPreview();
startLazy();
