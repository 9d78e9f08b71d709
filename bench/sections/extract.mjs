// (h) A page to Markdown of what it is about.

import { ARTICLE_BENCHMARK, measured } from '../lib/programs.mjs';

export const title = '(h) Main content';

export async function run(section) {
  const found = await measured(ARTICLE_BENCHMARK, ['json']);
  section.figure(`a page to its main content, ${found.pages} pages`, 'ms', found.page_ms, {},
    () => [['200 pages a core and second or more', 200 / found.pages_per_core_second, 1]]);
  const pages = process.env.ARTICLE_BENCH ? 'of the article extraction benchmark' : 'of ours';
  section.note(`${found.pages} pages ${pages}: F1 ${found.f1}, precision ${found.precision}, recall ${found.recall}; ${found.pages_per_core_second} pages and ${found.megabytes_per_core_second} MB a core and second`);
}
