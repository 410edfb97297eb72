// Text as the words that tools are found by, the same for what tools say and for what is looked for.

/** Writing without blanks between words: Thai, Lao, Burmese, Khmer, Chinese and Japanese. */
const unspaced = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]/;
const words = /[\p{L}\p{N}\p{M}]+/gu;
/** `pullRequest`, `HTTPServer`: where one word of a name ends and the next begins. */
const humps = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
const maxWordChars = 48;
/** Of a text that somebody else made as long as a message may be: to find the words where none are apart takes more than its length in time. */
const maxTextChars = 4000;

/** Words that are in every description, and say nothing of any. */
const stopWords = new Set(
  "a an and are as at be by can for from has have how i if in into is it its my of on or s t that the their this to use used using was when which will with you your".split(
    " ",
  ),
);

let segmenter: Intl.Segmenter | undefined;

/** A name in humps is given whole and in its parts. Not in the order of the text. */
export function wordsOf(text: string): string[] {
  const found: string[] = [];
  for (const [run] of text.slice(0, maxTextChars).matchAll(words)) {
    for (const word of unspaced.test(run) ? segments(run) : [run]) {
      found.push(word);
      const parts = word.split(humps);
      if (parts.length > 1) found.push(...parts);
    }
  }
  return found;
}

/** The word as it is kept, or nothing for one that is not. */
export function plainWord(word: string): string | undefined {
  const lower = word.toLowerCase();
  const plain = /^[\x20-\x7e]*$/.test(lower) ? lower : lower.normalize("NFD").replace(/\p{M}/gu, "").normalize("NFC");
  return plain === "" || stopWords.has(plain) ? undefined : plain.slice(0, maxWordChars);
}

function segments(run: string): string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "word" });
  return Array.from(segmenter.segment(run), ({ segment }) => segment);
}
