const PREFIX = "storekeep:";

function memory() {
  const values = new Map();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
    keys: () => [...values.keys()],
  };
}

/** A browser that forbids storage throws on the mere mention of it; the explorer then forgets, and works. */
function browserStorage() {
  try {
    const { localStorage } = window;
    return {
      getItem: (key) => localStorage.getItem(PREFIX + key),
      setItem: (key, value) => localStorage.setItem(PREFIX + key, value),
      removeItem: (key) => localStorage.removeItem(PREFIX + key),
      keys: () =>
        Object.keys(localStorage)
          .filter((key) => key.startsWith(PREFIX))
          .map((key) => key.slice(PREFIX.length)),
    };
  } catch {
    return memory();
  }
}

const store = browserStorage();

/** What GraphiQL keeps, under a prefix of our own: other explorers on the same host and port keep their tabs to themselves. */
export const storage = {
  ...store,
  get length() {
    return store.keys().length;
  },
  clear() {
    store.keys().forEach(store.removeItem);
  },
};

const IDS = "ids";
const TABS = "graphiql:tabState";

function readJson(key) {
  try {
    return JSON.parse(storage.getItem(key));
  } catch {
    return null;
  }
}

/** The ids that the tabs were last filled with: `{ variant, handle, cart }`, each a string or missing. */
export const rememberedIds = () => readJson(IDS) ?? {};

export const rememberIds = (ids) => storage.setItem(IDS, JSON.stringify(ids));

/** Puts new values where old ones stand as whole JSON strings. */
export function swap(text, pairs) {
  return pairs.reduce(
    (result, [from, to]) => result.replaceAll(JSON.stringify(from), () => JSON.stringify(to)),
    text,
  );
}

/**
 * Renews the ids in the tabs of an earlier visit, and makes the stored editor contents those of the stored active
 * tab: two windows write the same keys, and a mismatch would open one more tab at every visit.
 */
export function renewStoredTabs(pairs) {
  const state = readJson(TABS);
  if (!Array.isArray(state?.tabs) || state.tabs.length === 0) return;
  for (const tab of state.tabs) {
    if (tab.variables) tab.variables = swap(tab.variables, pairs);
  }
  const active = state.tabs[state.activeTabIndex] ?? state.tabs[0];
  storage.setItem(TABS, JSON.stringify(state));
  for (const key of ["query", "variables"]) {
    if (active[key]) storage.setItem(`graphiql:${key}`, active[key]);
    else storage.removeItem(`graphiql:${key}`);
  }
}
