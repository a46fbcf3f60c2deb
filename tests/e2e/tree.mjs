/** Folders of files: made for a test, and compared by content. */
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";

/** Names as people and programs make them. */
const FILES = {
  "2026/January.csv": "shop,amount\nBerlin,12.50\nOslo,8.00\n",
  "2026/February.csv": "shop,amount\nBerlin,11.00\n",
  "2026/März – Überblick.csv": "shop,amount\nKøbenhavn,7.20\n",
  "2026/100% done #1?+final.txt": "Nothing in a name is special.\n",
  "2026/deep/er/and/deeper/still.txt": "deep\n",
  "empty.txt": "",
  "noise.bin": Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251)),
};

/** So many that their snapshot can be watched. */
const RECEIPTS = 6_000;

/** Writes the files into a folder. */
export async function plant(folder) {
  for (const [name, content] of Object.entries(FILES)) await put(folder, name, content);
  for (let number = 0; number < RECEIPTS; number += 1) {
    await put(folder, `receipts/${number % 30}/${number}.txt`, `receipt ${number}\n`.repeat(600));
  }
}

export async function put(folder, name, content) {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), content);
}

/** Every file below a folder with its SHA-256, as sorted lines. */
export async function fingerprint(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const lines = files.map(async (path) => {
    const hash = createHash("sha256").update(await readFile(path)).digest("hex");
    return `${relative(folder, path).split(sep).join("/")} ${hash}`;
  });
  return (await Promise.all(lines)).sort();
}
