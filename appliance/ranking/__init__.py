"""From curves to moments: fused, cut at good edges, scored, chosen and explained. All pure."""

from appliance.ranking.headline import headline
from appliance.ranking.measuring import measure
from appliance.ranking.options import RankOptions
from appliance.ranking.promise import promising
from appliance.ranking.rank import candidates, rank
from appliance.ranking.search import search

__all__ = ["RankOptions", "candidates", "headline", "measure", "promising", "rank", "search"]
