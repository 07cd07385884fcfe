package source

import (
	"regexp"
	"strings"
	"testing"
)

func TestEverySourceIsComplete(t *testing.T) {
	key := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	date := regexp.MustCompile(`^(19|20)\d\d(-\d\d(-\d\d)?)?$`)
	day := regexp.MustCompile(`^20\d\d-\d\d-\d\d$`)
	seen := map[string]bool{}
	titles := map[string]string{}
	for _, s := range All() {
		if !key.MatchString(s.Key) || seen[s.Key] {
			t.Errorf("%q: key malformed or used twice", s.Key)
		}
		seen[s.Key] = true
		if other, twice := titles[s.Title]; twice {
			t.Errorf("%s and %s have the same title", s.Key, other)
		}
		titles[s.Title] = s.Key
		if s.Title == "" || s.Authors == "" || s.Licence == "" || s.URL == "" {
			t.Errorf("%s: title, authors, address and licence are needed: %+v", s.Key, s)
		}
		if !date.MatchString(s.Date) || !day.MatchString(s.Accessed) {
			t.Errorf("%s: dates %q, %q", s.Key, s.Date, s.Accessed)
		}
		if !strings.HasPrefix(s.URL, "https://") && !strings.HasPrefix(s.URL, "core/") {
			t.Errorf("%s: address %q is neither https nor a path in the repository", s.Key, s.URL)
		}
	}
}

func TestGet(t *testing.T) {
	// Titles and numbers as arXiv prints them.
	for key, want := range map[string][2]string{
		"hoffmann-2022":    {"Training Compute-Optimal Large Language Models", "2203.15556"},
		"kaplan-2020":      {"Scaling Laws for Neural Language Models", "2001.08361"},
		"patterson-2021":   {"Carbon Emissions and Large Neural Network Training", "2104.10350"},
		"korthikanti-2022": {"Reducing Activation Recomputation in Large Transformer Models", "2205.05198"},
		"rajbhandari-2019": {"ZeRO: Memory Optimizations Toward Training Trillion Parameter Models", "1910.02054"},
		"pope-2022":        {"Efficiently Scaling Transformer Inference", "2211.05102"},
	} {
		s, ok := Get(key)
		if !ok || s.Title != want[0] || !strings.HasSuffix(s.URL, want[1]) {
			t.Errorf("%s: %+v", key, s)
		}
	}
	if _, ok := Get("no-such-source"); ok {
		t.Error("found a source that does not exist")
	}
	if _, ok := Get(""); ok {
		t.Error("found the empty key")
	}
}
