// What the longer forms of the settings need beside app.js.
import { startPreview } from "./js/preview.js";

startPreview();
