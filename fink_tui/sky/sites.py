"""Sites that are observed from: those known by name, and those of the configuration.

Coordinates are geodetic (WGS84). Source: the site table of the Astropy project (astropy-data, coordinates/sites.json),
which names its own sources, to some 10 m; Cerro Pachon is Rubin's telescope, Mauna Kea the middle of its summit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

LEAST_ALTITUDE = 30.0
DEFAULT = "La Silla"


@dataclass(frozen=True, slots=True)
class Site:
    """A place on the Earth: degrees (longitude east, -180 to 180), metres, and the least altitude observed at."""

    name: str
    latitude: float
    longitude: float
    height: float
    least_altitude: float = LEAST_ALTITUDE


# name, latitude, east longitude, height in metres, what else it is called
_KNOWN: tuple[tuple[str, float, float, float, tuple[str, ...]], ...] = (
    ("La Silla", -29.2567, -70.7300, 2347, ("ESO La Silla", "NTT")),
    ("Paranal", -24.6274, -70.4050, 2669, ("ESO Paranal", "VLT")),
    ("Cerro Pachon", -30.2446, -70.7494, 2663, ("Rubin", "LSST", "Gemini South", "SOAR")),
    ("Cerro Tololo", -30.1653, -70.8150, 2215, ("CTIO", "Blanco")),
    ("Las Campanas", -29.0033, -70.7017, 2282, ("LCO", "Magellan")),
    ("Cerro Armazones", -24.5987, -70.2013, 2817, ()),
    ("Palomar", 33.3560, -116.8630, 1706, ("Hale", "ZTF", "P48")),
    ("Mauna Kea", 19.8262, -155.4720, 4168, ("Maunakea", "Keck", "Gemini North", "CFHT", "Subaru", "IRTF", "UKIRT")),
    ("Haleakala", 20.7155, -156.1690, 3048, ()),
    ("Kitt Peak", 31.9633, -111.6000, 2120, ("KPNO", "WIYN")),
    ("MDM", 31.9500, -111.6167, 1938, ()),
    ("Lick", 37.3433, -121.6367, 1290, ("Mount Hamilton",)),
    ("Mount Wilson", 34.2226, -118.0617, 1742, ("CHARA",)),
    ("Mount Graham", 32.7016, -109.8719, 2902, ("LBT",)),
    ("Mount Hopkins", 31.6883, -110.8850, 2608, ("MMT", "Whipple", "FLWO")),
    ("Mount Bigelow", 32.4167, -110.7317, 2510, ("Catalina",)),
    ("Apache Point", 32.7800, -105.8200, 2798, ("APO",)),
    ("McDonald", 30.6717, -104.0217, 2075, ("HET",)),
    ("Lowell Discovery Telescope", 34.7443, -111.4225, 2337, ("LDT", "DCT", "Happy Jack")),
    ("San Pedro Martir", 31.0292, -115.4869, 2830, ("OAN",)),
    ("Dominion", 48.5217, -123.4167, 229, ("DAO", "Victoria")),
    ("Mont Megantic", 45.4557, -71.1525, 1108, ("OMM",)),
    ("La Palma", 28.7583, -17.8800, 2327, ("Roque de los Muchachos", "ORM", "GTC", "NOT", "WHT", "TNG")),
    ("Teide", 28.3000, -16.5097, 2390, ("Tenerife", "Izana", "OT")),
    ("Calar Alto", 37.2236, -2.5461, 2168, ("CAHA",)),
    ("Javalambre", 40.0420, -1.0161, 1956, ("OAJ",)),
    ("Haute-Provence", 43.9308, 5.7133, 650, ("OHP", "Observatoire de Haute-Provence")),
    ("Pic du Midi", 42.9367, 0.1428, 2877, ("TBL", "Bigorre")),
    ("Asiago", 45.8486, 11.5811, 1413, ("Cima Ekar", "Ekar")),
    ("Wise", 30.5974, 34.7622, 875, ("Mitzpe Ramon",)),
    ("TUG", 36.8242, 30.3356, 2500, ("Bakirlitepe", "TUBITAK")),
    ("Hanle", 32.7794, 78.9642, 4500, ("IAO", "HCT")),
    ("Vainu Bappu", 12.5767, 78.8266, 725, ("VBO", "Kavalur")),
    ("Xinglong", 40.3933, 117.5750, 950, ("BAO",)),
    ("Okayama", 34.5771, 133.5940, 370, ("OAO", "Seimei")),
    ("Doi Inthanon", 18.5906, 98.4867, 2457, ("TNO",)),
    ("Siding Spring", -31.2734, 149.0612, 1149, ("SSO", "AAO")),
    ("Mount Stromlo", -35.3207, 149.0243, 767, ("MSO",)),
    ("Mount John", -43.9857, 170.4651, 1029, ("MJO", "MOA")),
    ("Sutherland", -32.3758, 20.8108, 1798, ("SAAO", "SALT")),
)
_KEYS = {"latitude": (-90.0, 90.0), "longitude": (-180.0, 360.0), "height": (-500.0, 9000.0)}


def known_sites(own: Mapping[str, Any], least_altitude: float) -> tuple[dict[str, Site], list[str]]:
    """Every site by its name and its other names, and what is wrong with the tables [site.NAME] of the configuration.

    A table has latitude and longitude (degrees, east positive), height (m, 0 if left out) and, where the site's differs
    from `least_altitude`, a least_altitude of its own. One called like a known site stands in for it.
    """
    sites: dict[str, Site] = {}
    for name, latitude, longitude, height, others in _KNOWN:
        site = Site(name, latitude, longitude, height, least_altitude)
        sites |= {_key(word): site for word in (name, *others)}
    notices = []
    for name, table in own.items():
        try:
            sites[_key(name)] = _own_site(name, table, least_altitude)
        except ValueError as error:
            notices.append(f"site.{name} is not used: {error}")
    return sites, notices


def find_site(sites: Mapping[str, Site], name: str) -> Site:
    """The site of a name, whatever its capitals, spaces and signs. Raises ValueError naming those alike."""
    site = sites.get(_key(name))
    if site is not None:
        return site
    import difflib  # not needed by a start without mistakes

    alike = difflib.get_close_matches(_key(name), sites, n=3, cutoff=0.5) or [_key(DEFAULT)]
    names = ", ".join(dict.fromkeys(sites[word].name for word in alike))
    raise ValueError(f"no site is called {name}; there is {names}, and any [site.NAME] of the configuration")


def sites_in_force(sites: Mapping[str, Site], names: Sequence[str]) -> tuple[tuple[Site, ...], list[str]]:
    """The sites of these names, the default one where none is known, and what is wrong with the names."""
    found: list[Site] = []
    notices = []
    for name in names:
        try:
            found.append(find_site(sites, name))
        except ValueError as error:
            notices.append(f"site.name: {error}")
    if not found:
        found = [sites[_key(DEFAULT)]]
    return tuple(dict.fromkeys(found)), notices


def _key(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _own_site(name: str, table: Any, least_altitude: float) -> Site:
    if not isinstance(table, Mapping):
        raise ValueError("expected a table with latitude and longitude in degrees")
    unknown = sorted(set(table) - set(_KEYS) - {"least_altitude"})
    if unknown:
        raise ValueError(f"there is no setting {', '.join(unknown)} of a site")
    missing = [key for key in ("latitude", "longitude") if key not in table]
    if missing:
        raise ValueError(f"{' and '.join(missing)} missing")
    latitude, longitude, height = (_between(key, table.get(key, 0.0), *bounds) for key, bounds in _KEYS.items())
    site = Site(name, latitude, (longitude + 180.0) % 360.0 - 180.0, height, least_altitude)
    if "least_altitude" in table:
        site = replace(site, least_altitude=_between("least_altitude", table["least_altitude"], 0.0, 89.0))
    return site


def _between(key: str, value: Any, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{key} must be a number from {low:g} to {high:g}")
    return float(value)
