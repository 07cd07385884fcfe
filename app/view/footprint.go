package view

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"flopbook/app/state"
	"flopbook/core"
	"flopbook/core/scenario"
	"flopbook/core/uncertainty"
	"flopbook/core/unit"
)

// footprint is what the bill's machines draw from the world, each figure to open.
func (c *billPart) footprint(b *core.TheBill) app.UI {
	f := &b.Foot
	var rows []app.UI
	line := func(name, label string, k unit.Kind, v uncertainty.Value) {
		if v.V > 0 {
			rows = append(rows, app.Tr().Body(app.Th().Attr("scope", "row").Text(label), app.Td().Class("num").Body(opener(c.H, "link", name, unit.Short(k, v.V))), app.Td().Class("num").Text(spanOf(k, v))))
		}
	}
	line("bill_energy_servers", "Electricity of the servers, at their plugs", unit.Energy, f.Servers)
	line("bill_energy_it", "with network and storage (IT)", unit.Energy, f.IT)
	line("bill_energy", "with the building (facility, PUE)", unit.Energy, f.Building)
	line("bill_carbon", "Carbon of the electricity, by the local grid (location-based)", unit.Carbon, f.Carbon)
	line("bill_carbon_market", "by green contracts (market-based)", unit.Carbon, f.CarbonMarket)
	line("bill_making", "Carbon of making the machines, their share (embodied)", unit.Carbon, f.Making)
	line("bill_water_site", "Water evaporated at the site", unit.Volume, f.WaterSite)
	line("bill_water_stations", "Water evaporated at the power stations", unit.Volume, f.WaterStations)
	line(core.Quantities[core.AveragePower].Name, "Power of the site while the run lasts", unit.Power, uncertainty.Of(f.Site))
	var says []app.UI
	for _, e := range f.Equal {
		if e.Times > 0.01 {
			says = append(says, app.Li().Body(opener(c.H, "link", "equal_"+e.Key, unit.Short(unit.None, e.Times)), app.Text(" "+e.Label)))
		}
	}
	body := []app.UI{app.H3().Text("What it draws from the world"),
		tableFor("Energy, carbon and water", []string{"what", "how much", "eight times in ten"}, 3, rows),
		app.P().Class("says").Text(siteSays(f))}
	if len(says) > 0 {
		body = append(body, app.P().Class("says").Text("That is about as much as:"), app.Ul().Class("whys").Body(says...))
	}
	if f.Cleaner != nil && f.CleanerSaves > 0 {
		body = append(body, app.P().Attr("data-test", "cleaner").Body(
			app.Text("The cleanest place with a cloud region, counted in the same way, is "+f.Cleaner.Name+": there it would be "),
			opener(c.H, "link", "bill_cleaner_saves", unit.Short(unit.Carbon, f.CleanerSaves)), app.Text(" less. "),
			button("", "move", "Move it to "+f.Cleaner.Name).OnClick(c.H.safe("move", c.onMove))))
	} else if c.H.answer.In.Grid != nil && !c.H.answer.In.Given(scenario.Intensity) {
		body = append(body, app.P().Class("says").Text("No place with a cloud region, counted in the same way, has cleaner electricity."))
	}
	return app.Div().Attr("data-test", "footprint").Body(body...)
}

// siteSays holds the site's power against the largest that exist.
func siteSays(f *core.Footprint) string {
	power := unit.Short(unit.Power, f.Site.V)
	if f.Known == nil {
		return "A site of " + power + " is not plausible today: it would be larger than the largest programme announced."
	}
	return "A site of " + power + " is plausible: " + f.Known.Name + " (" + f.Known.State + ") takes " + unit.Short(unit.Power, f.Known.Power.V) + "."
}

// onMove takes the case to the cleaner place, as one step to undo.
func (c *billPart) onMove(app.Context, app.Event) {
	if g := c.H.bill().Foot.Cleaner; g != nil {
		c.H.send(state.Choose{Choice: scenario.Grid, Key: strings.ToLower(g.ID)})
	}
}
