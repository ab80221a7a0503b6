// Model Atlas in a browser: the bar, one page under it, and what lies over both.

import { render } from "preact";
import { useEffect } from "preact/hooks";
import { CatalogPage } from "./catalog/page";
import { start } from "./data/catalog";
import { askFleet, fleet, listen } from "./data/fleet";
import { key } from "./data/service";
import { Bar } from "./frame/bar";
import { NAMES } from "./frame/tabs";
import { Overlay } from "./frame/palette";
import { Toast } from "./frame/toast";
import { ChangesPage } from "./pages/changes";
import { ProvidersPage } from "./pages/providers";
import { QuarantinePage } from "./pages/quarantine";
import { StoredPage } from "./pages/stored";
import { UnmatchedPage } from "./pages/unmatched";
import { useStore } from "./state";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/catalog.css";
import "./styles/detail.css";
import "./styles/pages.css";
import { view } from "./view";

const PAGES = { catalog: CatalogPage, providers: ProvidersPage, stored: StoredPage, changes: ChangesPage, quarantine: QuarantinePage, unmatched: UnmatchedPage };

function App() {
  const { tab } = useStore(view);
  const { simulated } = useStore(fleet);
  const Page = PAGES[tab];
  useEffect(() => {
    document.title = tab === "catalog" ? "Model Atlas" : `${NAMES[tab]} · Model Atlas`;
  }, [tab]);
  return (
    <>
      <Bar />
      {simulated && <p class="banner" role="note">Simulated providers: none of their prices is real.</p>}
      <main>
        <Page />
      </main>
      <Overlay />
      <Toast />
    </>
  );
}

start();
listen();
key.listen(() => void askFleet());
render(<App />, document.getElementById("app")!);
