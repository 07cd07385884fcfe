package unit

import "strings"

// A Problem is what is wrong with something a reader gave: one sentence that
// names the field, the value, what is allowed and a way out. All wording of
// input errors comes from its Error method.
type Problem struct {
	Field   string // the field's plain name: "GPUs"
	Value   string // what was given, as it was given
	Wrong   string // what is wrong with it: "is not a number"
	Allowed string // what is allowed: "1 to 10 million"
	Fix     string // something that works: "try 64"
}

func (p *Problem) Error() string {
	v := p.Value
	if len([]rune(v)) > 40 {
		v = string([]rune(v)[:40]) + "…"
	}
	var b strings.Builder
	b.WriteString(p.Field)
	b.WriteString(": ")
	if v != "" {
		b.WriteString("“" + v + "” ")
	}
	b.WriteString(p.Wrong)
	if p.Allowed != "" {
		b.WriteString("; allowed: " + p.Allowed)
	}
	if p.Fix != "" {
		b.WriteString("; " + p.Fix)
	}
	if !strings.HasSuffix(p.Fix, "?") {
		b.WriteString(".")
	}
	return b.String()
}
