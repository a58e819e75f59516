import "./workers.js";

import { explorerPlugin } from "@graphiql/plugin-explorer";
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { useEffect, useReducer } from "react";
import { createRoot } from "react-dom/client";

import { createFetcher } from "./fetcher.js";
import { LiveTabs } from "./live.js";
import mark from "./mark.svg";
import { Shop } from "./shop.js";
import { rememberedIds, rememberIds, renewStoredTabs, storage, swap } from "./storage.js";
import { readyTabs } from "./tabs.js";

import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./style.css";

const PLUGINS = [HISTORY_PLUGIN, explorerPlugin()];

/** Puts a cart's id into every tab that names the former one, on screen or not. */
class Carts {
  editor = null;

  constructor(live, ids) {
    this.live = live;
    this.ids = ids;
  }

  use(cart) {
    const pairs = [[this.ids.cart, cart]];
    this.ids = { ...this.ids, cart };
    rememberIds(this.ids);
    for (const tab of this.live.tabs) {
      if (tab.id !== this.live.activeId && tab.variables) tab.variables = swap(tab.variables, pairs);
    }
    const shown = this.editor?.getValue();
    if (shown && swap(shown, pairs) !== shown) this.editor.setValue(swap(shown, pairs));
  }
}

/** A dot on a tab that listens, or the number of its unread events. */
function badgeRule({ index, news }) {
  const tab = `#graphiql-session-tab-${index}::after`;
  return news > 0 ? `${tab} { content: "${news}"; }` : `${tab} { content: ""; width: 8px; min-width: 8px; height: 8px; padding: 0; }`;
}

/** Inside GraphiQL: hands its tabs to `live`, gives a tab its subscription back, and draws the badges. */
function Live({ live, carts }) {
  const { run, stop } = useGraphiQLActions();
  const { tabs, activeTabIndex, variableEditor } = useGraphiQL((state) => ({
    tabs: state.tabs,
    activeTabIndex: state.activeTabIndex,
    variableEditor: state.variableEditor,
  }));
  const [, redraw] = useReducer((count) => count + 1, 0);
  const activeId = tabs[activeTabIndex]?.id;

  useEffect(() => {
    live.follow({ tabs, activeTabIndex });
    live.onChange = redraw;
    live.onRevive = run;
  }, [live, tabs, activeTabIndex, run]);
  useEffect(() => {
    carts.editor = variableEditor;
  }, [carts, variableEditor]);
  useEffect(() => {
    // A new tab opens without stopping what the former one was reading.
    if (live.attachedElsewhere) stop();
    if (live.waiting) run();
  }, [live, activeId, run, stop]);

  return <style>{live.badges.map(badgeRule).join("\n")}</style>;
}

function Explorer({ fetcher, live, carts, tabs }) {
  return (
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      plugins={PLUGINS}
      defaultTabs={tabs}
      defaultEditorToolsVisibility="variables"
      inputValueDeprecation
      schemaDescription
      onTabChange={(state) => live.move(state)}
    >
      <GraphiQL.Logo>
        <a className="storekeep-brand" href="./" title="What this shop serves">
          <img src={new URL(mark, import.meta.url).href} alt="" width="22" height="22" />
          Storekeep
        </a>
      </GraphiQL.Logo>
      <Live live={live} carts={carts} />
    </GraphiQL>
  );
}

async function open() {
  const { endpoint } = document.querySelector("#explorer").dataset;
  const shop = new Shop(endpoint);
  const former = rememberedIds();
  const [ids, demo] = await Promise.all([shop.ids(former), shop.isDemo()]);
  rememberIds(ids);
  renewStoredTabs(Object.keys(ids).flatMap((kind) => (former[kind] ? [[former[kind], ids[kind]]] : [])));
  const live = new LiveTabs();
  const carts = new Carts(live, ids);
  createRoot(document.querySelector("#explorer")).render(
    <Explorer
      fetcher={createFetcher({ endpoint, live, shop, carts })}
      live={live}
      carts={carts}
      tabs={readyTabs(ids, demo)}
    />,
  );
}

open();
