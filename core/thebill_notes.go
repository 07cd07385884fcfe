package core

import (
	"flopbook/core/bill"
	"flopbook/core/derivation"
	"flopbook/core/scenario"
	"flopbook/core/unit"
)

// Notes are what a reader of the bill should know, most important first: what
// could not be done as asked, what no site or law lets pass without a word,
// and where the bill rests on little.
func (b *TheBill) Notes(in *Resolved, rep *Report) (notes []string) {
	t := &b.term
	if in.Bill.Pay == bill.PaySpot && b.Way != bill.PaySpot {
		notes = append(notes, "So many spare servers are taken back faster than the run can start again; it is priced by the hour instead. Fewer servers, or more frequent checkpoints, would work.")
	}
	if t.V[bill.ThirdGPUs] > 0 && t.V[bill.LaterGPUs] > 0 && t.V[bill.ThirdDay] < t.V[bill.LaterDay] {
		notes = append(notes, "The third step of capacity comes before the second and is left out; give it a later day.")
	}
	if in.Given(scenario.InputField(bill.PriceYear)) && !in.Bill.Dated && !in.Given(scenario.Price) {
		notes = append(notes, "No rental price of that time is known for this accelerator; today's stands.")
	}
	if b.Foot.Known == nil {
		notes = append(notes, "A site of "+unit.Short(unit.Power, b.Foot.Site.V)+" would be larger than the largest programme announced.")
	} else if b.Foot.Known.State != "sold" && b.Foot.Known.State != "built" {
		notes = append(notes, "A site of "+unit.Short(unit.Power, b.Foot.Site.V)+" is as large as "+b.Foot.Known.Name+" ("+b.Foot.Known.State+").")
	}
	for _, r := range bill.Reaches(unit.FLOP(rep.V[FLOPs].V), unit.USD(b.Total.V)) {
		if r.Over && (r.Law.Status == "in force" || r.Law.Status == "signed") {
			notes = append(notes, "The compute lies "+unit.Short(unit.None, r.Times)+" times above "+unit.Short(unit.FLOPs, r.Law.FLOP)+": "+r.Law.Name+" ("+r.Law.Status+").")
		}
	}
	if v := &in.Num[scenario.InputField(bill.Team)]; v.Origin == derivation.Assumed && rep.V[FLOPs].V < 1e22 {
		notes = append(notes, "Team and bought work are guessed from four large developments, far above this size; give your own.")
	}
	return notes
}
