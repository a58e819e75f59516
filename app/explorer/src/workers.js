// Monaco asks for its workers while it loads, so this module has to be imported before GraphiQL.
/* global __WORKERS__ */
globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    const name = __WORKERS__[label] ?? __WORKERS__.editor;
    return new Worker(new URL(name, import.meta.url), { type: "module", name: label });
  },
};
