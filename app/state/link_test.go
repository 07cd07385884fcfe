package state

import (
	"slices"
	"strings"
	"testing"

	"flopbook/core"
	"flopbook/core/scenario"
)

func TestTheAddressFollowsThePageAndBack(t *testing.T) {
	cases := []Model{
		walk(t),
		walk(t, Go{Systems}),
		walk(t, Type{scenario.GPUs, "24"}, Go{Calculator}),
		walk(t, Type{scenario.GPUs, "24"}, Go{Accuracy}),
		walk(t, Type{scenario.GPUs, "24"}, Go{Calculator}, OpenNumber{Name: "days"}),
		walk(t, Take{Case: GPT3()}),
	}
	for _, d := range Doors() {
		cases = append(cases, walk(t, Take{Case: d.Case}))
	}
	for _, m := range cases {
		a := core.Answer(&m.Case)
		f := m.Fragment(Shown(&a.Out))
		n := walk(t, Follow{f})
		if len(n.Notes) > 0 {
			t.Errorf("%s: %v", f, n.Notes)
		}
		if n.Page != m.Page || n.Embed != m.Embed || strings.Join(n.Open, " ") != strings.Join(m.Open, " ") {
			t.Errorf("%s: page %v, open %v", f, n.Page, n.Open)
		}
		if n.Case.Fragment("") != m.Case.Fragment("") {
			t.Errorf("%s came back as %s", m.Case.Fragment(""), n.Case.Fragment(""))
		}
		if n.CanUndo() {
			t.Errorf("%s: a link at the start leaves something to undo", f)
		}
	}
	if m := walk(t); m.Fragment("") != "" {
		t.Errorf("the start page's address is %q", m.Fragment(""))
	}
}

func TestALinkFollowedLaterCanBeUndone(t *testing.T) {
	m := walk(t, Follow{"v1;gpus=8"}, Follow{"v1;gpus=16"}, Undo{})
	if given(&m, scenario.GPUs) != 8 {
		t.Errorf("GPUs %v", given(&m, scenario.GPUs))
	}
}

func TestAnEmbeddedFigureNamesItsChart(t *testing.T) {
	m := walk(t, Type{scenario.GPUs, "24"})
	n := walk(t, Follow{m.EmbedFragment("days:1", "memory")})
	if !n.Embed || n.Show != "memory" || given(&n, scenario.GPUs) != 24 {
		t.Errorf("%+v", n.Case.Fragment(""))
	}
	n = walk(t, Follow{"v1;embed=1;show=<script>"})
	if n.Show != "" {
		t.Errorf("shows %q", n.Show)
	}
}

func TestOnlyNamesOpen(t *testing.T) {
	for _, bad := range []string{"DAYS", "a b", `"]`, "%22%5D", ""} {
		if m := walk(t, Follow{"v1;open=" + bad}); len(m.Open) > 0 {
			t.Errorf("%q opens %v", bad, m.Open)
		}
	}
}

func TestAnOlderLinkNamesOnlyWhatMoved(t *testing.T) {
	said := func(link string) string {
		m := walk(t, Follow{link})
		a := core.Answer(&m.Case)
		return m.Since(&a.Out)
	}
	old := said("v1;tokens=100B;gpus=8;release=2025.01;shown=days:95,gpus:8,nonsense:1,cost:x")
	old = strings.ReplaceAll(old, "\u00a0", " ")
	for _, want := range []string{"2025.01", scenario.Release, "Then 95 days", "now "} {
		if !strings.Contains(old, want) {
			t.Errorf("%q lacks %q", old, want)
		}
	}
	if strings.Contains(old, "8 GPUs") {
		t.Errorf("%q names what has not changed", old)
	}
	m := walk(t, Follow{"v1;tokens=100B;gpus=8"})
	a := core.Answer(&m.Case)
	if s := said("v1;tokens=100B;gpus=8;release=2025.01;shown=" + Shown(&a.Out)); !strings.Contains(s, "still the same") {
		t.Errorf("the same numbers: %q", s)
	}
	// The default case is a case like any other, and a link of this release may
	// have been made before a mistake was mended.
	for link, wants := range map[string][]string{
		"v1;release=2025.01;shown=days:1,cost:5":                               {"2025.01", scenario.Release, "Then 1 day, $5", "now "},
		"v1;gpus=8;release=2025.01":                                            {"2025.01", scenario.Release, "does not say"},
		"v1;tokens=100B;gpus=8;release=" + scenario.Release + ";shown=days:95": {"other numbers", "Then 95 days", "now "},
	} {
		for _, want := range wants {
			if s := strings.ReplaceAll(said(link), "\u00a0", " "); !strings.Contains(s, want) {
				t.Errorf("%s: %q lacks %q", link, s, want)
			}
		}
	}
	for _, none := range []string{"v1;tokens=100B;gpus=8;release=" + scenario.Release + ";shown=" + Shown(&a.Out), "v1;gpus=8;release=" + scenario.Release, "v1;gpus=8"} {
		if s := said(none); s != "" {
			t.Errorf("%s: %q", none, s)
		}
	}
	m = walk(t, Follow{"v1;gpus=8;release=2025.01;shown=days:95"}, Type{scenario.GPUs, "16"})
	if s := m.Since(&a.Out); s != "" {
		t.Errorf("a changed case is not the link's any more: %q", s)
	}
}

func TestBadLinksAreToldAndStillShowACase(t *testing.T) {
	for _, bad := range []string{"nonsense", "v9;gpus=8", "v1;gpus=7+bananas", "v1;tokens=1e400", "v1;what=ever", "v1;model=none", "v1;" + strings.Repeat("x", 20000), "v1;gpus=%zz"} {
		m := walk(t, Follow{bad})
		if len(m.Notes) == 0 || m.Page != Calculator {
			t.Errorf("%.30q: notes %v, page %v", bad, m.Notes, m.Page)
		}
		for _, n := range m.Notes {
			if len([]rune(n)) > 300 {
				t.Errorf("%.30q: a note of %d characters", bad, len([]rune(n)))
			}
		}
	}
}

func TestAKeptCaseTravelsInTheLink(t *testing.T) {
	m := after(New(), Go{Page: Calculator}, Keep{}, Type{scenario.GPUs, "64"}, LookAt{Part: len(Parts) - 1})
	if !m.Keeps || m.Kept.Num[scenario.GPUs].Set || m.Kept == m.Case {
		t.Fatal("the kept case moved along")
	}
	back := after(New(), Follow{m.Fragment("")})
	if !back.Keeps || back.Kept.Fragment("") != m.Kept.Fragment("") || back.Part != m.Part || len(back.Notes) > 0 {
		t.Errorf("read back: keeps %v, part %d, notes %v", back.Keeps, back.Part, back.Notes)
	}
	swapped := after(back, Swap{})
	if swapped.Case.Num[scenario.GPUs].Set || !swapped.Kept.Num[scenario.GPUs].Set {
		t.Error("the cases did not change places")
	}
	if after(swapped, Undo{}).Case.Num[scenario.GPUs].R.V != 64 {
		t.Error("changing places cannot be undone")
	}
	if after(swapped, Forget{}).Keeps {
		t.Error("not forgotten")
	}
}

// A link to a part leads to it; one to an opened number leads to that.
func TestLinkToAPartLeadsThere(t *testing.T) {
	for link, want := range map[string]string{
		"#v1;gpus=64;part=trade": "part-trade", "#v1;gpus=64": "", "#v1;gpus=64;part=trade;open=days": "", "#v1;gpus=64;page=sources;part=trade": "",
	} {
		m := after(New(), Follow{Fragment: link})
		if got := m.Focus; got != want {
			t.Errorf("%s leads to %q, not %q", link, got, want)
		}
	}
}

// A chart that was renamed is still shown by older links.
func TestRenamedChartsAreStillShown(t *testing.T) {
	for old, now := range renamedCharts {
		if m := Update(New(), Follow{"#v1;model=llama-2-7b;embed=1;show=" + old}); m.Show != now || !slices.Contains(Charts, now) {
			t.Errorf("%s shows %q", old, m.Show)
		}
	}
}

// What a link gives and cannot be used stays in its field, marked; a part or a
// page that there is not is told.
func TestALinkLosesNothingInSilence(t *testing.T) {
	m := walk(t, Follow{"v1;gpus=7+bananas;people=1e-300;tokens=2T"})
	for n, text := range map[scenario.Num]string{scenario.GPUs: "7 bananas", scenario.People: "1e-300"} {
		if d := m.Draft[n]; !d.On || d.Text != text || d.Problem == "" {
			t.Errorf("%s: %+v", scenario.Nums[n].Key, d)
		}
	}
	if m.Draft[scenario.Tokens].On || len(m.Notes) != 2 {
		t.Errorf("%+v, %v", m.Draft[scenario.Tokens], m.Notes)
	}
	for link, word := range map[string]string{"v1;part=nothing": "no part", "v1;page=nothing": "no page"} {
		m := walk(t, Follow{link})
		if len(m.Notes) != 1 || !strings.Contains(m.Notes[0], "“nothing”") || !strings.Contains(m.Notes[0], word) || !strings.Contains(m.Notes[0], "allowed: ") {
			t.Errorf("%s: %v", link, m.Notes)
		}
	}
	for _, fine := range []string{"v1;part=overview", "v1;part=bill", "v1;page=start", "v1;page=systems", "v1"} {
		if m := walk(t, Follow{fine}); len(m.Notes) > 0 {
			t.Errorf("%s: %v", fine, m.Notes)
		}
	}
}
