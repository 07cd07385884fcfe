package catalog

import (
	"math"
	"testing"
)

// Newkirk et al. 2025: a node of eight H100 draws 0.76 of its rated 10.2 kW in
// heavy training; Patterson et al. 2021: a V100 of GPT-3's 330 W with its
// share of a server rated 3,500 W for eight. Without a source its figure is
// worked out from the others.
func TestPowerLeavesItsOwnSourceOut(t *testing.T) {
	near := func(key, without string, want float64) {
		a, p := Find(key)
		if p != nil {
			t.Fatal(p)
		}
		v := TrainShareWithout(a, without)
		if math.Abs(v.V/want-1) > 1e-9 {
			t.Errorf("%s without %q: %.4f, want %.4f", key, without, v.V, want)
		}
		if !(v.Lo < v.V && v.V < v.Hi) {
			t.Errorf("%s without %q: range %v to %v", key, without, v.Lo, v.Hi)
		}
	}
	mlperfH100, mlperfB200 := 888/1275.0, 1198/1787.5
	near("h100-sxm", "mlperf-power", 0.76)
	near("h100-sxm", "newkirk-2025", mlperfH100)
	near("h100-sxm", "", math.Sqrt(0.76*mlperfH100))
	near("b200", "mlperf-power", math.Sqrt(0.76*330/437.5))
	near("v100-sxm-32", "", 330/437.5)
	near("v100-sxm-32", "patterson", math.Sqrt(0.76*math.Sqrt(mlperfH100*mlperfB200)))
	near("a100-sxm-40", "", math.Cbrt(0.76*330/437.5*math.Sqrt(mlperfH100*mlperfB200)))
	near("tpu-v3", "patterson", 323.4/661.5)
	for _, m := range PowersMeasured() {
		a, _ := Find(m.Accelerator)
		if all, without := TrainShareWithout(a, ""), TrainShareWithout(a, m.Group); all.V == without.V {
			t.Errorf("%s: leaving %s out changes nothing", m.Run, m.Group)
		}
	}
	// Latif et al. 2024: the most that a node of eight H100 drew was 8.4 kW of 10.2.
	h, _ := Find("h100-sxm")
	if v := h.TrainFraction(); v.V >= 8.4/10.2 {
		t.Errorf("average %.3f is above the highest measured draw", v.V)
	}
}
