// What the screen of a page needs beside app.js: what was answered is sent until it arrived, and how it
// stands is looked at again.
import { startAnswers } from "./js/answer.js";

startAnswers();
