package chart

import "testing"

// However narrow, a log axis has a few ticks, apart and in order; a wide one
// keeps to 1, 2 and 5.
func TestLogAxesHaveTicks(t *testing.T) {
	for _, r := range [][2]float64{{12, 29}, {21, 48}, {19, 21}, {30, 95}, {8, 12}, {0.011, 0.019}, {1.2e5, 3e5}, {15, 60}, {1, 100}, {3, 4000}} {
		a := logarithmic(r[0], r[1], short)
		if len(a.Ticks) < 3 || len(a.Ticks) > 20 {
			t.Errorf("%v: %v", r, a.Ticks)
		}
		for i, k := range a.Ticks {
			if k.At < r[0] || k.At > r[1] || i > 0 && (k.At <= a.Ticks[i-1].At || k.Text == a.Ticks[i-1].Text) {
				t.Errorf("%v: %v", r, a.Ticks)
			}
		}
	}
	if a := logarithmic(3, 4000, short); a.Ticks[0].Text != "5" {
		t.Errorf("%v", a.Ticks)
	}
	if a := logarithmic(5, 5.0000001, short); len(a.Ticks) > 3 {
		t.Errorf("%v", a.Ticks)
	}
}
