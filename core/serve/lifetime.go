package serve

import "math"

// CrossingDays is the days of serving that cost as much as training did.
func CrossingDays(trainUSD, servingUSDPerDay float64) float64 { return trainUSD / servingUSDPerDay }

// PaybackDays is the days until profit has paid for training; infinite
// without profit.
func PaybackDays(trainUSD, profitPerDay float64) float64 {
	if profitPerDay <= 0 {
		return math.Inf(1)
	}
	return trainUSD / profitPerDay
}

// BreakEvenTokens is the served tokens after which a smaller model trained
// longer (n1, d1) has cost less arithmetic than a larger one (n2, d2) of the
// same quality: 6 N D + 2 N T is equal for both at T = 3 (n1 d1 - n2 d2)/(n2 - n1).
func BreakEvenTokens(n1, d1, n2, d2 float64) float64 { return 3 * (n1*d1 - n2*d2) / (n2 - n1) }

// TestTimeMultiplier is how many times more answer tokens a model may spend to
// match one m times larger at equal total arithmetic: m + 3 (D_pre/D_inf)(m - 1)
// (Snell et al. 2024, section 7). served is answer tokens over training tokens.
func TestTimeMultiplier(m, served float64) float64 { return m + 3*(m-1)/served }

// PriceDecline is the factor by which a price fell.
func PriceDecline(start, end float64) float64 { return start / end }

// PriceAfter is a price years on when it falls by perYear each year.
func PriceAfter(price, perYear, years float64) float64 { return price * math.Pow(perYear, -years) }

// DistillTokens is the served tokens after which a distilled model has paid for
// its data and training.
func DistillTokens(dataUSD, studentUSD, teacherPerToken, studentPerToken float64) float64 {
	return (dataUSD + studentUSD) / (teacherPerToken - studentPerToken)
}
