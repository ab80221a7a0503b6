"""`price PROVIDER ID` from what was kept: most of what other commands import is not needed for it."""

from modelatlas.cli.price_table import tell
from modelatlas.domain.errors import CatalogError
from modelatlas.domain.evaluation import Circumstances
from modelatlas.settings import environment, read
from modelatlas.views.price_history import looked_up
from modelatlas.wiring.quick import kept_price


def told(provider: str, id_: str) -> bool:
    """Tell the prices of a listing, if they are known so; else say nothing and return False."""
    try:
        found = kept_price(read(environment()), provider, id_)
    except CatalogError:
        return False  # whoever looks it up says what is wrong
    if found is None:
        return False
    costs, unknown = found.evaluated(Circumstances(found.at))
    if not costs:
        return False
    tell(looked_up(found.provider, found.id, found.at, costs.values(), None, unknown))
    return True
