// What a walk chooses, and its log: SEED repeats a walk, STEPS prints its clicks.
export const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

/** Numbers from 0 to 1 that depend on the seed alone. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const random = seeded(SEED);
export const pick = (list) => list[Math.floor(random() * list.length)];
export const log = (...words) => process.env.STEPS && console.log(...words);
