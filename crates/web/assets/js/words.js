// What scripts say, in the language of the page: English unless its root brings other words along. Arguments stand
// in them as {name}.

let known;

const dictionary = () => (known ??= JSON.parse(globalThis.document?.documentElement.dataset.words ?? "{}"));

export function words(english, args = {}) {
  const text = dictionary()[english] ?? english;
  return text.replace(/\{(\w+)\}/g, (whole, name) => args[name] ?? whole);
}

/** Names of days and months, and what stands between the parts of a date; null in English. */
export const names = () => (dictionary().months ? dictionary() : null);
