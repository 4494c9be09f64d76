"""The next time of each event of the sun after an instant, by ephem 4.2.1, set up as Celery 5.7's `solar` does.

Makes ../sun-ephem-4.2.1.txt, lines `event latitude longitude after time`:

    pip install ephem==4.2.1 && python sun.py > ../sun-ephem-4.2.1.txt
"""

import ephem

HORIZONS = {
    "dawn_astronomical": "-18", "dawn_nautical": "-12", "dawn_civil": "-6", "sunrise": "-0:34", "solar_noon": "0",
    "sunset": "-0:34", "dusk_civil": "-6", "dusk_nautical": "-12", "dusk_astronomical": "-18",
}
PLACES = [
    (52.52, 13.41), (-33.87, 151.21), (40.71, -74.01), (0.0, -179.5), (69.65, 18.96), (-77.85, 166.67), (64.13, -21.9),
]
DATES = ["2026-03-20T00:00", "2026-06-21T12:00", "2026-12-01T06:30", "2040-02-10T18:00"]


def search(event):
    if event == "solar_noon":
        return ephem.Observer.next_transit
    rises = event.startswith("dawn") or event == "sunrise"
    return ephem.Observer.next_rising if rises else ephem.Observer.next_setting


def next_time(event, latitude, longitude, date):
    place = ephem.Observer()
    place.lat, place.lon, place.elev, place.pressure = str(latitude), str(longitude), 0, 0
    place.horizon = HORIZONS[event]
    options = {"use_center": True} if event.startswith(("dawn", "dusk")) else {}
    start = ephem.Date(date.replace("-", "/").replace("T", " "))
    while True:
        try:
            return search(event)(place, ephem.Sun(), start=start, **options).datetime()
        except ephem.CircumpolarError:
            start = place.next_antitransit(ephem.Sun(), start=start)


for latitude, longitude in PLACES:
    for date in DATES:
        for event in HORIZONS:
            time = next_time(event, latitude, longitude, date).replace(microsecond=0)
            print(event, latitude, longitude, date, time.isoformat())
