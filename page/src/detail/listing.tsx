// One listing: its prices with the source of each, its facts, its past, and why it is the model that it is.

import { toggleCompared } from "../catalog/compared";
import type { Shown } from "../catalog/columns";
import { perMillion } from "../data/decimal";
import { conditions, type Price } from "../data/listing";
import { address, key, listingPath } from "../data/service";
import { count, harmless, instant, isSmall, parted, spoken } from "../format";
import { Said, useAsked } from "../frame/asked";
import { copy } from "../frame/toast";
import { useStore } from "../state";
import { linkTo, NO_FILTER, view } from "../view";
import type { OneListing } from "./answers";
import { History } from "./history";
import { Evidence, Facts, Offers } from "./parts";
import { Others, Provenance } from "./provenance";

export function ListingDetail({ provider, id, shown }: { provider: string; id: string; shown: Shown | null }) {
  const path = listingPath(provider, id);
  const asked = useAsked<OneListing>(path, useStore(key));
  const compared = useStore(view).compare.includes(`${provider}/${id}`);
  return (
    <>
      <header>
        <p class="above">{shown?.fleet.providers.get(provider)?.name ?? provider}</p>
        <h1 class="id">{harmless(id)}</h1>
        <p class="actions">
          <button type="button" onClick={() => copy(id, "the id")}>copy id</button>
          <button type="button" onClick={() => copy(`curl '${address(path).replaceAll("'", "%27")}'`, "the curl line")}>copy curl</button>
          <button type="button" aria-pressed={compared} onClick={() => toggleCompared(`${provider}/${id}`)}>{compared ? "compared" : "compare"} <kbd>x</kbd></button>
        </p>
      </header>
      <Said asked={asked}>
        {(listing) => (
          <>
            <Prices listing={listing} />
            <KeptOff listing={listing} />
            <Facts listing={listing} />
            <History provider={provider} id={id} />
            {listing.model && shown && <Offers model={listing.model} shown={shown} except={`${provider}/${id}`} />}
            <Evidence match={listing.match} />
            <Unread listing={listing} />
            {listing.raw !== undefined && <details><summary>the entry as received</summary><pre>{JSON.stringify(listing.raw, null, 2)}</pre></details>}
            <p class="quiet">
              <a href={address(path)}>this as JSON</a>
              {listing.content_since && <> · the same since {instant(listing.content_since)} UTC</>}
            </p>
          </>
        )}
      </Said>
    </>
  );
}

/** Each price opens to where it comes from. */
function Prices({ listing }: { listing: OneListing }) {
  if (!listing.prices.length)
    return (
      <section>
        <h2>Prices</h2>
        <p class="quiet">No price is known: the provider's list says none, and no other source that may speak does.</p>
      </section>
    );
  return (
    <section>
      <h2>Prices <small>USD; click one for its source</small></h2>
      <ul class="prices">
        {listing.prices.map((price, at) => (
          <li key={at}>
            <details>
              <summary>
                <span class="unit">{spoken(price.unit)}{price.when && <small> {conditions(price.when)}</small>}</span>
                <span class="value">{shownPrice(price)}</span>
                <span class="source">{price.source === "provider" ? "" : price.source}</span>
              </summary>
              <Provenance listing={listing} price={price} />
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What was said of units that have no price: kept back, withheld or unsettled, and why. */
function KeptOff({ listing }: { listing: OneListing }) {
  const priced = new Set(listing.prices.map((price) => price.unit));
  const off = (listing.sources ?? []).filter((each) => !priced.has(each.unit) && each.outcome !== "published");
  if (!off.length) return null;
  return (
    <section>
      <h2>Said and not published <small>{count(off.length)}</small></h2>
      <ul class="prices">
        {off.map((each) => (
          <li key={each.unit}>
            <details>
              <summary>
                <span class="unit">{spoken(each.unit)}</span>
                <span class="value bad">{spoken(each.outcome)}</span>
              </summary>
              <div class="provenance">
                <Others sources={each} provider={listing.provider} />
                {each.outcome === "quarantined" && <p><a href={linkTo({ tab: "quarantine", show: "", filter: { ...NO_FILTER, facets: { provider: [listing.provider] } } })}>Quarantine</a></p>}
              </div>
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function shownPrice(price: Price) {
  if (price.state === "free") return <span class="free">free</span>;
  if (price.state === "varying") return <span class="varies">varies</span>;
  if (price.usd === null) return <span class="foreign">{price.billed?.amount} {price.billed?.currency} / {price.billed?.per}</span>;
  const small = isSmall(price.unit);
  return (
    <span class="price" title={`USD ${price.usd} for one`}>
      {parted(small ? perMillion(price.usd) : price.usd, 12).slice(0, 2).join("")} <small>/ {small ? "1M" : "1"}</small>
    </span>
  );
}

function Unread({ listing }: { listing: OneListing }) {
  if (!listing.unread.length) return null;
  return (
    <section>
      <h2>Seen and not read <small>{count(listing.unread.length)}</small></h2>
      <p class="quiet">Values that stood in the entry and that no rule reads exactly: they are kept, and price nothing.</p>
      <dl class="facts">
        {listing.unread.map((each) => (
          <>
            <dt class="id">{harmless(each.path)}</dt>
            <dd>{harmless(each.raw)}{each.reason && <small> {each.reason}</small>}</dd>
          </>
        ))}
      </dl>
      <p><a href={linkTo({ show: "", filter: { ...view.value.filter, q: "" } })}>back to the table</a></p>
    </section>
  );
}
