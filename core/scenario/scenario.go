package scenario

import (
	"sort"
	"strings"

	"flopbook/core/train"
	"flopbook/core/unit"
)

// A Given is a number that the reader gave: its text as written and its value.
type Given struct {
	Set  bool
	Text string
	R    unit.Range
}

// A Scenario is what was asked: only what differs from presets and defaults.
// It is a value; a copy is an undo step.
type Scenario struct {
	Choice [ChoiceCount]string // "" means the default
	Num    [NumCount]Given
	Own    OwnName // name of an accelerator of the reader's own
	// Measured are steps timed on the reader's own cluster, a line each as
	// [train.ParseTimed] reads them.
	Measured string
	// Link only:
	Release string // the release that a link was made with; "" is this one
	Shown   string // headline numbers a link showed: "days:2.5,usd:1200"
	Unknown string // keys of a later version, kept as they came: "key=value;key=value"
}

// OwnName labels the reader's own accelerator.
type OwnName string

// SetMeasured takes pasted measurements. Lines that cannot be read are told
// and left out; where none can be, the scenario is unchanged. An empty text
// takes them away.
func (s *Scenario) SetMeasured(text string) []*unit.Problem {
	if strings.TrimSpace(text) == "" {
		s.Measured = ""
		return nil
	}
	rows, problems := train.ParseTimed(text)
	if len(rows) == 0 {
		if len(problems) == 0 {
			problems = append(problems, &unit.Problem{Field: "Measured steps", Value: clip(text), Wrong: "hold no step", Allowed: "a step a line", Fix: "try gpus=8 tp=8 batch=64 step=2.5"})
		}
		return problems
	}
	lines := make([]string, len(rows))
	for i := range rows {
		lines[i] = rows[i].String()
	}
	s.Measured = strings.Join(lines, "\n")
	return problems
}

// SetNum parses text into a numeric field. On a Problem the scenario is unchanged.
func (s *Scenario) SetNum(n Num, text string) *unit.Problem {
	r, p := Nums[n].Parse(text)
	if p != nil {
		return p
	}
	s.Num[n] = Given{true, strings.TrimSpace(text), r}
	return nil
}

// SetValue gives a numeric field an exact value, written so that it parses back.
func (s *Scenario) SetValue(n Num, v float64) *unit.Problem {
	return s.SetNum(n, unit.ExactText(Nums[n].Kind, v))
}

// Reset takes a numeric field back to its default.
func (s *Scenario) Reset(n Num) { s.Num[n] = Given{} }

// SetChoice sets a named option. On a Problem the scenario is unchanged.
func (s *Scenario) SetChoice(c Choice, key string) *unit.Problem {
	key = strings.ToLower(strings.TrimSpace(key))
	switch c {
	case Model:
		if key != "size" && key != "shape" {
			found, p := FindPreset(key)
			if p != nil {
				return p
			}
			key = found.Key // links carry one spelling
		}
	case Accelerator, ServeAccelerator, SecondAccelerator:
		if !(key == "own" && c != SecondAccelerator || c == ServeAccelerator && key == "same" || c == SecondAccelerator && key == "none") {
			k, p := acceleratorKey(key)
			if p != nil {
				p.Field = Choices[c].Label
				return p
			}
			key = k
		}
	case Grid, ServeGrid:
		if c == ServeGrid && key == "same" {
			break
		}
		k, p := gridKey(key)
		if p != nil {
			return p
		}
		key = k
	default:
		ok := false
		var names []string
		for _, o := range Choices[c].Options {
			names = append(names, o.Key)
			ok = ok || o.Key == key
		}
		if !ok {
			return &unit.Problem{Field: Choices[c].Label, Value: key, Wrong: "is not one of the options", Allowed: strings.Join(names, ", "), Fix: "leave it out for " + Choices[c].Default}
		}
	}
	if key == Choices[c].Default {
		key = ""
	}
	s.Choice[c] = key
	return nil
}

// Chosen is the option in force, the default if none was given.
func (s *Scenario) Chosen(c Choice) string {
	if s.Choice[c] != "" {
		return s.Choice[c]
	}
	return Choices[c].Default
}

// Fragment writes the scenario as a link fragment without "#":
// "v1;key=value;...", only what differs from the defaults, in field order.
// shown carries the headline numbers ("days:2.5,usd:1200"); "" leaves them out.
func (s *Scenario) Fragment(shown string) string {
	var b strings.Builder
	b.WriteString("v1")
	put := func(k, v string) {
		b.WriteByte(';')
		b.WriteString(k)
		b.WriteByte('=')
		b.WriteString(escape(v))
	}
	for c := range s.Choice {
		if s.Choice[c] != "" {
			put(Choices[c].Key, s.Choice[c])
		}
	}
	for n := range s.Num {
		if s.Num[n].Set {
			put(Nums[n].Key, s.Num[n].Text)
		}
	}
	if s.Own != "" {
		put("own_name", string(s.Own))
	}
	if s.Measured != "" {
		put("measured", s.Measured)
	}
	if s.Unknown != "" {
		b.WriteByte(';')
		b.WriteString(s.Unknown)
	}
	put("release", Release)
	if shown != "" {
		put("shown", shown)
	}
	return b.String()
}

// maxFragment bounds what a link may carry; browsers cut longer ones.
const maxFragment = 16384

// ParseFragment reads a link fragment, with or without "#". What cannot be used
// is left at its default and told in problems; view keys (embed, theme, show,
// open) are returned apart.
func ParseFragment(text string) (s Scenario, view map[string]string, problems []*unit.Problem) {
	view = map[string]string{}
	text = strings.TrimPrefix(text, "#")
	if text == "" {
		return s, view, nil
	}
	if len(text) > maxFragment {
		return s, view, []*unit.Problem{{Field: "Link", Value: text, Wrong: "is too long", Allowed: "up to 16,384 characters", Fix: "open the case as a JSON file instead"}}
	}
	parts := strings.Split(text, ";")
	switch v := parts[0]; {
	case v == "v1":
	case len(v) >= 2 && v[0] == 'v' && strings.Trim(v[1:], "0123456789") == "":
		problems = append(problems, &unit.Problem{Field: "Link", Value: v, Wrong: "is a version that this page does not know", Allowed: "v1", Fix: "reload the page for its newest version; what it knows of the link is used"})
	default:
		return s, view, []*unit.Problem{{Field: "Link", Value: text, Wrong: "is not a Flopbook link", Allowed: "v1;key=value;...", Fix: "the default case is shown"}}
	}
	var unknown []string
	seen := map[string]bool{}
	for _, part := range parts[1:] {
		if part == "" {
			continue
		}
		k, raw, ok := strings.Cut(part, "=")
		v, okEsc := unescape(raw)
		if !ok || !okEsc || k == "" {
			problems = append(problems, &unit.Problem{Field: "Link", Value: part, Wrong: "cannot be read", Allowed: "key=value", Fix: "it is left out"})
			continue
		}
		if seen[k] {
			problems = append(problems, &unit.Problem{Field: "Link", Value: part, Wrong: "names " + clip(k) + " twice", Fix: "the first one counts"})
			continue
		}
		seen[k] = true
		switch k {
		case "release":
			if len(v) > 20 {
				v = ""
			}
			s.Release = v
			continue
		case "shown":
			s.Shown = clipTo(v, 200)
			continue
		case "measured":
			problems = append(problems, s.SetMeasured(v)...)
			continue
		case "own_name":
			s.Own = OwnName(clipTo(v, 60))
			continue
		case "embed", "theme", "show", "open", "page", "part", "by":
			view[k] = clipTo(v, 60)
			continue
		case "vs": // the fragment of a case to compare with
			view[k] = v
			continue
		}
		if p, known := s.set(k, v); p != nil {
			problems = append(problems, p)
		} else if !known {
			unknown = append(unknown, k+"="+escape(v))
			problems = append(problems, &unit.Problem{Field: "Link", Value: k, Wrong: "is not a field of this version", Fix: "it is kept in the link but not used"})
		}
	}
	sort.Strings(unknown)
	s.Unknown = strings.Join(unknown, ";")
	return s, view, problems
}

// set gives any field by its key; known is false for a key that is no field.
func (s *Scenario) set(key, text string) (p *unit.Problem, known bool) {
	if c, ok := ChoiceByKey(key); ok {
		return s.SetChoice(c, text), true
	}
	if n, ok := NumByKey(key); ok {
		return s.SetNum(n, text), true
	}
	return nil, false
}

func clip(s string) string { return clipTo(s, 40) }

func clipTo(s string, n int) string {
	r := []rune(s)
	if len(r) > n {
		return string(r[:n])
	}
	return s
}

// escape leaves letters, digits and harmless marks readable and writes a space
// as "+".
func escape(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-_.,:$/*()", c) >= 0:
			b.WriteByte(c)
		case c == ' ':
			b.WriteByte('+')
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

func unescape(s string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '+':
			b.WriteByte(' ')
		case '%':
			if i+2 >= len(s) {
				return "", false
			}
			hi, lo := unhex(s[i+1]), unhex(s[i+2])
			if hi < 0 || lo < 0 {
				return "", false
			}
			b.WriteByte(byte(hi<<4 | lo))
			i += 2
		default:
			b.WriteByte(c)
		}
	}
	return strings.ToValidUTF8(b.String(), "�"), true
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
