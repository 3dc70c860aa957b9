// SPDX-License-Identifier: GPL-3.0-or-later
// The HTML report in a browser: axe finds nothing, it can be used by keyboard alone, fits phones, and prints whole.
// Prints TAP. Started by test_browser.py:  node test_report.mjs RAPPORT FOLDER-OF-NODE_MODULES CHROMIUM
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [rapport, modules, chromiumPath] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), 'node_modules', 'here.js'));
const { chromium } = require('playwright-core');
const axe = require('axe-core');

const folder = mkdtempSync(join(tmpdir(), 'rapport-'));
const root = resolve(fileURLToPath(import.meta.url), '../../..');
const shared = process.env.RAPPORT_SHARED || join(root, '../shared');
const WIDTHS = [1200, 390]; // a desk, a phone
const PAPER = 680; // px: A4 of 210 mm less the margins of the style, 15 mm each, at 96 px an inch
const DATA = {
  'Beat the Blues': ['examples/beat-the-blues/bdi.csv', '--map', 'examples/beat-the-blues/map.json'],
  'a tiny service': ['tests/data/tiny-service'],
  IMPLEMENT: [join(shared, 'data/implement_wai_bai.csv'), '--map', 'examples/implement/map.json'],
};

class Skip extends Error {}

function same(found, expected, what) {
  const [a, b] = [JSON.stringify(found, null, 1), JSON.stringify(expected, null, 1)];
  if (a !== b) throw new Error(`${what}: expected ${b}, found ${a}`);
}

// ---- what is tested ----

async function axeFindsNothing(page) {
  await page.evaluate(axe.source);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  if (passes.length < 10) throw new Error(`axe looked at next to nothing: ${passes.length} rules passed`);
  same(violations.map((v) => [v.id, v.impact, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200))]), [], 'axe');
}

/** Nothing but what scrolls by itself is wider than the page. */
async function fits(page, width) {
  same(await page.evaluate(() => document.scrollingElement.scrollWidth), width, 'width of the page');
}

/** Whoever has no mouse gets at what scrolls, and hears what it is. */
async function scrollingRegionsTakeFocus(page) {
  const found = await page.evaluate(() => [...document.querySelectorAll('body *')]
    .filter((e) => /auto|scroll/.test(getComputedStyle(e).overflowX + getComputedStyle(e).overflowY))
    .map((e) => ({ focus: e.tabIndex >= 0, named: Boolean(e.getAttribute('aria-label')), role: e.getAttribute('role') })));
  if (!found.length) throw new Error('nothing scrolls');
  same(found.filter((e) => !e.focus || !e.named || e.role !== 'region'), [], 'regions');
}

async function theFirstTabSkipsToTheReport(page) {
  await page.keyboard.press('Tab');
  const link = await page.evaluate(() => {
    const e = document.activeElement, box = e.getBoundingClientRect();
    return { to: e.getAttribute('href'), inSight: box.left >= 0 && box.top >= 0 && box.right <= innerWidth };
  });
  same(link, { to: '#main', inSight: true }, 'the first tab');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  same(await page.evaluate(() => Boolean(document.activeElement.closest('main'))), true, 'the next tab is in the report');
}

/** Tabs through everything that takes focus: all of it is reached, in order, and each shows that it has it. */
async function focusIsSeenEverywhere(page) {
  const expected = await page.evaluate(() => {
    globalThis.stops = [...document.querySelectorAll('a[href], summary, [tabindex="0"]')].filter((e) => e.checkVisibility());
    return globalThis.stops.length;
  });
  for (let i = 0; i < expected; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
      return { place: globalThis.stops.indexOf(e), line: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        inSight: box.bottom > 0 && box.top < innerHeight };
    });
    same(at, { place: i, line: true, inSight: true }, `tab ${i + 1} of ${expected}`);
  }
}

/** On paper nothing scrolls, so whatever is wider than the paper is cut off. */
async function nothingIsCutOff(page) {
  await page.emulateMedia({ media: 'print' });
  const wide = await page.evaluate(() => [...document.querySelectorAll('main *')]
    .filter((e) => e.checkVisibility() && !e.closest('svg') && !e.closest('.listen'))
    .filter((e) => e.getBoundingClientRect().right > document.body.getBoundingClientRect().right + 1)
    .map((e) => (e.closest('table')?.caption ?? e).textContent.slice(0, 80)));
  same([...new Set(wide)], [], 'wider than the paper');
  const shut = await page.evaluate(() => [...document.querySelectorAll('details table')]
    .filter((e) => !e.getBoundingClientRect().height).length);
  same(shut, 0, 'tables behind charts that are not printed');
  const pdf = await page.pdf({ preferCSSPageSize: true });
  if (!pdf.subarray(0, 5).equals(Buffer.from('%PDF-'))) throw new Error('no PDF was printed');
}

// ---- how ----

let number = 0;
let failed = 0;

async function test(name, run) {
  number++;
  try {
    await run();
    console.log(`ok ${number} - ${name}`);
  } catch (error) {
    if (error instanceof Skip) {
      console.log(`ok ${number} - ${name} # SKIP ${error.message}`);
      return;
    }
    failed++;
    console.log(String(error.stack).replace(/^/gm, '# '));
    console.log(`not ok ${number} - ${name}`);
  }
}

const browser = await chromium.launch({
  executablePath: chromiumPath,
  args: process.getuid() === 0 ? ['--no-sandbox'] : [], // chromium has no sandbox for root
});
/** Opens the report and does things with it; then says whether the page itself had anything to complain of. */
async function visit(file, width, things) {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const told = [];
  page.on('console', (message) => told.push(message.text()));
  page.on('pageerror', (error) => told.push(String(error)));
  page.on('request', (request) => request.url().startsWith('file:') || told.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  try {
    await things(page);
    same(told, [], 'told by the page, or fetched');
  } finally {
    await page.close();
  }
}

async function unfold(page) {
  await page.evaluate(() => document.querySelectorAll('details').forEach((e) => { e.open = true; }));
}

/** `inside`: the report's name, where a folder is made. `long`: on the phone and on paper alone. */
async function testReport(title, command, input, { inside = '', long = false } = {}) {
  const out = join(folder, inside ? `${number}` : `${number}.html`);
  const made = () => {
    if (!existsSync(resolve(root, input[0]))) throw new Skip(`${title}: the data are not there`);
    if (!existsSync(out)) execFileSync(rapport, [command, ...input, '-o', out], { cwd: root, stdio: 'ignore' });
    return join(out, inside);
  };
  for (const width of long ? WIDTHS.slice(1) : WIDTHS)
    await test(`${title}, ${width} px: axe finds nothing, and it fits`, () => visit(made(), width, async (page) => {
      await unfold(page);
      await fits(page, width);
      await axeFindsNothing(page);
    }));
  await test(`${title}: the first tab skips to the report`, () => visit(made(), WIDTHS[1], theFirstTabSkipsToTheReport));
  if (!long) await test(`${title}: all can be reached by keyboard, and the focus seen`, () => visit(made(), WIDTHS[1], async (page) => {
    await unfold(page);
    await scrollingRegionsTakeFocus(page);
    await focusIsSeenEverywhere(page);
  }));
  await test(`${title}: nothing is cut off on paper`, () => visit(made(), PAPER, nothingIsCutOff));
}

execFileSync(rapport, ['simulate', '--clients', '300', '--quiet', '-o', join(folder, 'service')]); // every table
for (const [name, input] of Object.entries(DATA))
  for (const [suppress, how] of [['5', 'small numbers hidden'], ['off', 'in full']])
    await testReport(`${name}, ${how}`, 'evaluate', [...input, '--suppress', suppress]);
await testReport('every table', 'evaluate', [join(folder, 'service')], { long: true });
await testReport('a public report', 'evaluate', [join(folder, 'service'), '--readers', 'public'], { inside: 'public.html' });
await testReport('published figures', 'published', ['tests/data/published/annual.csv']);
await testReport('figures of every service', 'published', [join(shared, 'data/nhs_tt_annual_services.csv')]);
console.log(`1..${number}`);
await browser.close();
rmSync(folder, { recursive: true });
process.exit(failed ? 1 : 0);
