/** Waiting for conditions: what is not true yet is asked again, until a time that no healthy run comes near. */

const PATIENCE = 60_000;
const BETWEEN = 100;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The first true answer of `ask`. An error of `ask` is a "not yet" and is told when time runs out. */
export async function until(what, ask, patience = PATIENCE) {
  const end = Date.now() + patience;
  let problem = "it stayed false";
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer) return answer;
      problem = "it stayed false";
    } catch (error) {
      problem = error.message;
    }
    await pause(BETWEEN);
  }
  throw new Error(`waited ${patience / 1000} s for ${what}: ${problem}`);
}
