// What the screen of a page needs beside app.js: what was answered is sent until it arrived.
import { startAnswers } from "./js/answer.js";

startAnswers();
