package scenario

import "flopbook/core/unit"

func fromConfig(top map[string]any) (Scenario, []*unit.Problem) { return Scenario{}, nil }
