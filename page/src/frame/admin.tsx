// The operator's key: typed here, sent with each question, kept in memory only and gone with the page.

import { useState } from "preact/hooks";
import { ask, key } from "../data/service";
import { useStore } from "../state";
import { Menu } from "./menu";
import { say } from "./toast";

export function AdminKey({ refused, shut }: { refused: boolean; shut: string | null }) {
  const held = useStore(key);
  const [typed, setTyped] = useState("");
  if (shut) return <span class="quiet" title={shut}>writing is shut</span>;
  if (!held && !refused) return null; // nobody asks for one here
  const use = async (close: () => void) => {
    key.set(typed.trim() || null);
    setTyped("");
    try {
      await ask("admin/model-sync/runs?limit=1");
      close();
      say("the key is right, and stays until this page is left");
    } catch (error) {
      say((error as Error).message, true);
    }
  };
  return (
    <Menu label={held ? (refused ? "key refused" : "key given") : "admin key"} glyph="key">
      {(close) => (
        <form class="actions" onSubmit={(event) => (event.preventDefault(), void use(close))}>
          <label>
            <span>Admin key</span>
            <input type="password" autocomplete="off" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
          </label>
          <button type="submit">use it</button>
          {held && <button type="button" onClick={() => key.set(null)}>forget it</button>}
          <p class="quiet">It stays in the memory of this page. docs/operating.md says where it is.</p>
        </form>
      )}
    </Menu>
  );
}
