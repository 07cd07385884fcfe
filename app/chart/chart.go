// Package chart holds a chart as data: what is drawn, in which colour by
// meaning, and in which words; a table of the same numbers; a sentence for
// readers who do not see it. It decides nothing about pixels: web/charts.js
// draws any Chart, so a new kind of chart is a new function here and no new
// script.
package chart

import "encoding/json"

// A Color is a meaning, not a hue: the page's style sheet says what it looks
// like in the light and in the dark.
type Color string

// The six series colours, ink for what matters, soft for what stands behind,
// ask for what Flopbook worked out or warns of.
const (
	C1   Color = "c1"
	C2   Color = "c2"
	C3   Color = "c3"
	C4   Color = "c4"
	C5   Color = "c5"
	C6   Color = "c6"
	Ink  Color = "ink"
	Soft Color = "soft"
	Ask  Color = "ask"
)

// A Kind says how a mark is drawn, and so which of its columns it uses.
type Kind string

const (
	Bar   Kind = "bar"   // horizontal bars from Lo to Hi on row Row
	Line  Kind = "line"  // through X, Y
	Band  Kind = "band"  // between Lo and Hi over X
	Dot   Kind = "dot"   // at X, Y, with Text beside it
	VRule Kind = "vrule" // an upright line at X[0]; from Lo[0] to Hi[0] where given, else the whole height
	HRule Kind = "hrule" // a level line at Y[0]
	Zone  Kind = "zone"  // the background from Lo[0] to Hi[0] along x
	Words Kind = "words" // Text at X, Y
)

// A Chart is one figure: one or more panels, one above the other, on one
// horizontal axis.
type Chart struct {
	Key     string       `json:"key"`
	Title   string       `json:"title"`
	Caption string       `json:"caption"`           // what to see in it, one or two sentences
	Alt     string       `json:"alt"`               // the same for a reader who cannot see it, with the numbers
	Range   string       `json:"range,omitempty"`   // what the bands mean
	Sources []string     `json:"sources,omitempty"` // for the downloaded picture
	Date    string       `json:"date,omitempty"`    // "November 2026"
	X       Axis         `json:"x"`
	Panels  []Panel      `json:"panels"`
	Table   func() Table `json:"-"` // the twin, made when asked for
	Empty   bool         `json:"-"` // nothing to draw; the caption says why
}

// A Panel is a frame with its own upright axis, or with rows of bars.
type Panel struct {
	Title  string   `json:"title,omitempty"`
	Y      Axis     `json:"y,omitzero"`
	Rows   []string `json:"rows,omitempty"`   // names of the rows, top first; then Y is not used
	Height int      `json:"height,omitempty"` // of the frame in CSS pixels; 0 leaves it to the page
	Marks  []Mark   `json:"marks"`
}

// An Axis runs from Min to Max. Its ticks carry their text, since only this
// side knows the unit; the page leaves some out where there is no room.
type Axis struct {
	Label  string  `json:"label,omitempty"`
	Unit   string  `json:"unit,omitempty"`
	Scale  string  `json:"scale,omitempty"` // "linear" or "log"
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
	Ticks  []Tick  `json:"ticks,omitempty"`
	Hidden bool    `json:"hidden,omitempty"`
}

// A Tick is a labelled place on an axis. Where some are Major, they are the
// last to be left out.
type Tick struct {
	At    float64 `json:"at"`
	Text  string  `json:"text"`
	Major bool    `json:"major,omitempty"`
}

// A Mark is one thing drawn, in columns of equal length.
type Mark struct {
	Kind   Kind     `json:"kind"`
	Color  Color    `json:"color,omitempty"`
	Label  string   `json:"label,omitempty"` // written beside it
	Short  string   `json:"short,omitempty"` // the same where there is little room
	X      Floats   `json:"x,omitempty"`
	Y      Floats   `json:"y,omitempty"`
	Lo     Floats   `json:"lo,omitempty"`
	Hi     Floats   `json:"hi,omitempty"`
	Text   []string `json:"text,omitempty"`
	Row    []int    `json:"row,omitempty"`    // index into the panel's Rows; none means 0
	Dashed bool     `json:"dashed,omitempty"` // a line that is not a forecast: an ideal, a threshold
	Hollow bool     `json:"hollow,omitempty"` // a dot in outline, a bar that is only room
}

// JSON is the chart as the drawing script reads it. The chart must be valid:
// see [Chart.Validate].
func (c *Chart) JSON() (string, error) {
	if err := c.Validate(); err != nil {
		return "", err
	}
	b, err := json.Marshal(c)
	return string(b), err
}
