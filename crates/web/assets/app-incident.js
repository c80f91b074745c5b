// What an incident's page needs beside app.js.
import { startDrafts } from "./js/drafts.js";
import { startLazy } from "./js/lazy.js";
import { startMentions } from "./js/mention.js";
import { startPresence } from "./js/presence.js";
import { startTimeline } from "./js/timeline.js";

startTimeline();
startDrafts();
startMentions();
startPresence();
startLazy();
