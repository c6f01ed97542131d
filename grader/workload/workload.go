// Package workload is what the grader hands to a learner's functions: it draws
// the inputs of a call from a seed, and knows what the results must be. Its
// other half, which computes in the learner's processes, is
// gilcourse_workload.py in package python; both must agree.
package workload

import (
	"math"
	"math/big"
	"math/bits"
	"math/rand/v2"
)

// turnsOfCopy is how many turns of a task take about as long as one copy of
// the block that `scan` copies.
const turnsOfCopy = 20_000

// Scan is what the callable `scan` gives for a size, without the copying.
func Scan(size int64) int64 {
	total := int64(0)
	for turn := range 1 + size/turnsOfCopy {
		total += size >> (8 * (turn % 4)) & 0xff * (turn + 1)
	}
	return total
}

// Data packs what a fetch gives to be processed: how many turns, and a token.
func Data(turns, token int64) int64 { return turns<<32 | token }

// Call draws one call's inputs. The zero value draws those of seed 0.
type Call struct{ Seed uint64 }

// The uses of a call's seed.
const (
	sizes uint64 = iota
	items
	failure
	delays
	tokens
	receipts
	primes
	formula
)

// draw gives a generator of its own for each use and key, so that what one
// draws does not depend on how much another drew.
func (c Call) draw(use uint64, key int64) *rand.Rand {
	return rand.New(rand.NewPCG(Seed(c.Seed, use, uint64(key)), use))
}

// spread is how far a size may lie from the mean, as a share of it: unequal
// enough that no size is another's, equal enough that four workers can share
// eight tasks out.
const spread = 0.25

// Sizes draws n even sizes around a mean, different ones as far as there are so
// many; with fails, one of them is odd, which the callable `failing_task`
// refuses.
func (c Call) Sizes(n int, mean float64, fails bool) []int64 {
	r := c.draw(sizes, 0)
	var out []int64
	seen := map[int64]bool{}
	for tries := 0; len(out) < n; tries++ {
		size := max(2, 2*int64(mean/2*(1+spread*(2*r.Float64()-1))))
		if tries < 2*n && seen[size] {
			continue
		}
		seen[size] = true
		out = append(out, size)
	}
	if fails && n > 0 {
		out[c.Failing(n)]++
	}
	return out
}

// SmallPrimes draws four different primes from 5 to 97: limits that count
// themselves where a bound is off by one.
func (c Call) SmallPrimes() []int64 {
	var all []int64
	for n := int64(5); n < 100; n++ {
		if Primes(n+1) > Primes(n) {
			all = append(all, n)
		}
	}
	r := c.draw(primes, 0)
	r.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	return all[:4]
}

// Items draws n different ids for fetching.
func (c Call) Items(n int) []int64 {
	r := c.draw(items, 0)
	seen := map[int64]bool{}
	var out []int64
	for len(out) < n {
		if id := int64(1000 + r.IntN(1<<20)); !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// Failing is the one of n that a call with a failure fails for.
func (c Call) Failing(n int) int { return c.draw(failure, 0).IntN(max(1, n)) }

// Fetched is what the server gives for an item: even, unless it is the one
// that processing must refuse.
func (c Call) Fetched(item, turns int64, fails bool) int64 {
	token := int64(c.draw(tokens, item).IntN(1<<30)) * 2
	if fails {
		token++
	}
	return Data(turns, token)
}

// Stored is the receipt that the server gives for what is stored.
func (c Call) Stored(value int64) int64 {
	return int64(c.draw(receipts, value).IntN(1 << 31))
}

// Delay is the share of the set delay, 0.75 to 1.25, after which the server
// answers a request for an item.
func (c Call) Delay(item int64) float64 {
	return 0.75 + c.draw(delays, item).Float64()/2
}

// Primes counts the primes below n, by the recursion that goes back to
// Legendre, over the values of n/k (Lucy Hedgehog, Project Euler 10, 2012):
// O(n^(3/4)), so that no sieve of the learner's size is needed to judge it.
func Primes(n int64) int64 {
	n-- // below
	if n < 2 {
		return 0
	}
	root := int64(math.Sqrt(float64(n)))
	for (root+1)*(root+1) <= n {
		root++
	}
	for root*root > n {
		root--
	}
	small, large := make([]int64, root+1), make([]int64, root+1) // of v, of n/v
	for v := int64(1); v <= root; v++ {
		small[v], large[v] = v-1, n/v-1
	}
	for p := int64(2); p <= root; p++ {
		if small[p] == small[p-1] {
			continue
		}
		below := small[p-1]
		for v := int64(1); v <= root && v <= n/(p*p); v++ {
			if v*p <= root {
				large[v] -= large[v*p] - below
			} else {
				large[v] -= small[n/(v*p)] - below
			}
		}
		for v := root; v >= p*p; v-- {
			small[v] -= small[v/p] - below
		}
	}
	return large[1]
}

// Seed derives the seed of a call from that of the check, mixing as SplitMix64
// does (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
// Generators", 2014).
func Seed(check uint64, parts ...uint64) uint64 {
	z := check
	for _, p := range parts {
		z = (z ^ bits.RotateLeft64(p, 32)) + 0x9e3779b97f4a7c15 + p
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		z ^= z >> 31
	}
	return z
}

// Balances are what the accounts hold after so many transfers by each of the
// threads: each begins with 1000 and its number in the row.
func Balances(threads, times int) []int64 {
	out := make([]int64, threads)
	for k := range out {
		out[k] += 1000 + int64(k)
		for turn := range times {
			to := min(k^1, threads-1)
			if turn%2 == 1 {
				to = (k + 1) % threads
			}
			if to == k {
				to = 0
			}
			amount := int64(1 + (7*k+3*turn)%9)
			out[k] -= amount
			out[to] += amount
		}
	}
	return out
}

// FactorialBits is the bit length of n!. Where n is large it is taken from the
// logarithm, whose error is far smaller than its distance to a whole number is
// ever likely to be.
func FactorialBits(n int64) int64 {
	const small = 1000
	if n <= small {
		return int64(new(big.Int).MulRange(1, max(1, n)).BitLen())
	}
	log, _ := math.Lgamma(float64(n) + 1)
	return int64(log/math.Ln2) + 1
}
