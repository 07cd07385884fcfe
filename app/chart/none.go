package chart

// Because makes of c a chart that says why there is nothing to draw.
func (c Chart) Because(why string) Chart { return none(c, why) }

// NotServed is why a chart of a service stays empty.
const NotServed = "The model does not fit the machines that answer, so there is nothing to draw."

// none makes of c a chart that says why there is nothing to draw.
func none(c Chart, why string) Chart {
	c.X = Axis{Scale: "linear", Max: 1, Hidden: true}
	c.Panels = []Panel{{Height: 60, Y: Axis{Scale: "linear", Max: 1, Hidden: true},
		Marks: []Mark{{Kind: Words, Color: Soft, X: Floats{0.5}, Y: Floats{0.5}, Text: []string{"nothing to draw"}}}}}
	c.Caption, c.Alt, c.Empty = why, why, true
	if c.Table == nil || len(c.Table().Rows) == 0 {
		c.Table = func() Table {
			t := Table{Columns: []Column{{"nothing to draw", ""}}}
			t.add(words(why))
			return t
		}
	}
	return c
}
