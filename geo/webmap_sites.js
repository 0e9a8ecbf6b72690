/* The sites, their ties and the list of them: what moves with a scenario. */
Rewatt.Sites = L.Class.extend({
  initialize(map, top, lines, busy, onChoose) {
    this._map = map;
    this._top = top;
    this._busy = busy;
    this._onChoose = onChoose;
    this.group = L.layerGroup();
    const mark = { colour: "#111", width: 1.5, dash: [3, 4] };
    this.ties = new Rewatt.Class({ title: "POI tie-lines", word: "tie-lines", kind: "paths", minZoom: 0, count: 0, mark, chunks: [] }, 1000, lines, {});
    this.markers = {};
    this.selected = null;
  },
  update(data) {
    const there = new Set(data.sites.map((site) => site.id));
    Object.keys(this.markers).filter((id) => !there.has(id)).forEach((id) => {
      this.group.removeLayer(this.markers[id]);
      delete this.markers[id];
    });
    data.sites.forEach((site) => {
      const known = this.markers[site.id];
      const marker = known || this._make(site);
      marker.site = site;
      marker.options.shape = site.shape;
      /* new figures are no reason to move the map to an open card */
      const popup = marker.getPopup();
      popup.options.autoPan = false;
      marker.setLatLng([site.lat, site.lon]).setRadius(site.radius);
      if (known && marker.isPopupOpen()) { popup.update(); }
      popup.options.autoPan = true;
      if (this._map.hasLayer(marker)) { marker.bringToFront(); }
    });
    this.restyle();
    this._updateTies(data);
    this._fillList(data.sites);
  },
  _make(site) {
    const marker = new Rewatt.Shape([site.lat, site.lon], { renderer: this._top, shape: site.shape });
    marker.bindTooltip(() => Rewatt.element("span", `${marker.site.name}: ${marker.site.hint}`), { sticky: true })
      .bindPopup(() => Rewatt.card(marker.site.name, marker.site.rows));
    /* Leaflet's own way to open would keep the click from a tool that waits for it */
    marker.off("click", marker._openPopup, marker);
    marker.on("click", (event) => {
      if (this._busy()) { return; }
      event.originalEvent.rwTaken = true;
      this._open(marker);
      this._onChoose(marker.site.id);
    });
    this.markers[site.id] = marker;
    this.group.addLayer(marker);
    return marker;
  },
  _open(marker) {
    Object.assign(marker.getPopup().options, Rewatt.cardSize());
    marker.openPopup();
  },
  restyle() {
    Object.values(this.markers).forEach((marker) => {
      const site = marker.site;
      marker.options.label = site.rank && site.rank <= 10 ? String(site.rank) : "";
      marker.options.ring = site.id === this.selected;
      marker.setStyle({
        color: site.hollow ? Rewatt.tint(site.colour) : Rewatt.ink(), weight: site.hollow ? 2.5 : 1,
        fillColor: Rewatt.tint(site.colour), fillOpacity: site.hollow ? 0 : 0.9,
      });
    });
  },
  _updateTies({ ties, tieSource }) {
    const steps = (axis) => ties.flatMap((tie) => tie.path).map((one, i, all) => one[axis] - (i ? all[i - 1][axis] : 0));
    const drawn = Rewatt.unfoldPaths({
      n: ties.map((tie) => tie.path.length), lat: steps(0), lon: steps(1),
      name: "Tie to the point of interconnection", hint: ties.map((tie) => tie.hint),
      fields: [
        ["From", ties.map((tie) => tie.site)], ["To", ties.map((tie) => tie.poi)],
        ["Straight-line distance", ties.map((tie) => tie.distance)], ["Source", tieSource],
      ],
    }, 1);
    this.ties.spec.count = ties.length;
    this.ties.spec.chunks = [{ drawn, state: "here", box: [-180, -90, 180, 90] }];
    this.ties.redraw();
  },
  /* A list for those who have no pointer: choosing from it is the same as a click on the map. */
  list() {
    const label = Rewatt.element("label", undefined, "rw-list");
    label.append(Rewatt.element("span", "Sites on the map"));
    this._select = Rewatt.element("select");
    this._select.addEventListener("change", () => {
      const id = this._select.value;
      if (id) { this.go(id); this._onChoose(id); }
    });
    label.append(this._select);
    return label;
  },
  _fillList(sites) {
    const ranked = [...sites].sort((a, b) => (a.rank || Infinity) - (b.rank || Infinity) || (a.id < b.id ? -1 : 1));
    const none = Rewatt.element("option", `${sites.length.toLocaleString("en-US")} site${sites.length === 1 ? "" : "s"}`);
    none.value = "";
    this._select.replaceChildren(none, ...ranked.map((site) => {
      const one = Rewatt.element("option", `${site.rank || "no rank"}  ${site.name}`);
      one.value = site.id;
      return one;
    }));
    this._select.value = this.selected in this.markers ? this.selected : "";
  },
  mark(id) {
    this.selected = id;
    this.restyle();
    this._select.value = id in this.markers ? id : "";
  },
  /* Fly to a site and open what is known of it. */
  go(id) {
    const marker = this.markers[id];
    if (!marker) { return; }
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this._map.closePopup();
    this._map.once("moveend", () => { if (this._map.hasLayer(marker)) { this._open(marker); } });
    this._map.flyTo(marker.getLatLng(), Math.max(this._map.getZoom(), 8), { animate: !still, duration: 0.6 });
  },
});
