package workload

import (
	"math/big"
	"slices"
	"testing"
)

// TestPrimes compares with a sieve.
func TestPrimes(t *testing.T) {
	const top = 3000
	composite := make([]bool, top)
	count := int64(0)
	for n := range int64(top) {
		if got := Primes(n); got != count {
			t.Fatalf("%d primes below %d, want %d", got, n, count)
		}
		if n >= 2 && !composite[n] {
			count++
			for m := n * n; m < top; m += n {
				composite[m] = true
			}
		}
	}
	// The known values of π(10^k).
	for n, want := range map[int64]int64{1e6: 78498, 1e8: 5761455, 1e9: 50847534} {
		if got := Primes(n); got != want {
			t.Errorf("%d primes below %d, want %d", got, n, want)
		}
	}
}

func TestSizes(t *testing.T) {
	c := Call{Seed: 7}
	sizes := c.Sizes(8, 1000, false)
	if !slices.Equal(sizes, c.Sizes(8, 1000, false)) {
		t.Error("the same seed draws other sizes")
	}
	if slices.Equal(sizes, Call{Seed: 8}.Sizes(8, 1000, false)) {
		t.Error("another seed draws the same sizes")
	}
	seen := map[int64]bool{}
	for _, s := range sizes {
		if s%2 != 0 || s < 700 || s > 1300 || seen[s] {
			t.Errorf("sizes %v: %d is odd, far off or there twice", sizes, s)
		}
		seen[s] = true
	}
	odd := 0
	for _, s := range c.Sizes(8, 1000, true) {
		odd += int(s % 2)
	}
	if odd != 1 {
		t.Errorf("%d sizes are refused, want one", odd)
	}
	if many := c.Sizes(500, 3, false); len(many) != 500 || slices.Min(many) < 2 {
		t.Error("small sizes cannot all differ, and must be drawn nonetheless")
	}
	if c.Sizes(0, 10, true) != nil {
		t.Error("no sizes")
	}
}

func TestItems(t *testing.T) {
	c := Call{Seed: 3}
	items := c.Items(24)
	slices.Sort(items)
	if len(slices.Compact(items)) != 24 {
		t.Errorf("items %v", items)
	}
	for _, item := range items {
		if d := c.Fetched(item, 9, false); d%2 != 0 || d>>32 != 9 {
			t.Errorf("fetched %d for %d", d, item)
		}
		if c.Fetched(item, 9, true)%2 != 1 {
			t.Error("what processing must refuse is odd")
		}
		if d := c.Delay(item); d < 0.75 || d > 1.25 {
			t.Errorf("the delay is %v of the mean", d)
		}
		if c.Stored(item) == c.Stored(item+1) {
			t.Error("two receipts are the same")
		}
	}
}

// TestChainIsSensitive: a result tells its size and its turns.
func TestChainIsSensitive(t *testing.T) {
	seen := map[int64]int64{}
	for size := int64(2); size < 4000; size++ {
		r := Formula{}.Task(size)
		if other, ok := seen[r]; ok {
			t.Errorf("Task(%d) = Task(%d)", size, other)
		}
		seen[r] = size
	}
	for seed := range uint64(20) {
		f := DrawFormula(seed)
		if f.Process(Data(10, 6)) == f.Process(Data(11, 6)) || f.Process(Data(10, 6)) == f.Process(Data(10, 8)) {
			t.Errorf("Process by %s does not depend on all of its data", f.Python())
		}
	}
}

// TestChain compares with the plain remainder.
func TestChain(t *testing.T) {
	for _, start := range []uint64{0, 1, 2, modulus - 1, modulus, modulus + 1, 1<<32 - 1} {
		for _, add := range []uint64{0, 1, modulus - 1, modulus, 1<<32 - 1, 1 << 32} {
			x := start % modulus
			for turns := range int64(300) {
				if got := (Formula{}).chain(start, add, turns); got != int64(x) {
					t.Fatalf("chain(%d, %d, %d) = %d, want %d", start, add, turns, got, x)
				}
				x = (x*x + add) % modulus
			}
		}
	}
}

func BenchmarkTask(b *testing.B) {
	for b.Loop() {
		DrawFormula(1).Task(1_000_000)
	}
}

func BenchmarkPrimes(b *testing.B) {
	for b.Loop() {
		Primes(300_000_000)
	}
}

func TestFactorialBits(t *testing.T) {
	for _, n := range []int64{0, 1, 2, 3, 20, 999, 1000, 1001, 1002, 20_000, 34_567} {
		if got, want := FactorialBits(n), int64(new(big.Int).MulRange(1, max(1, n)).BitLen()); got != want {
			t.Errorf("%d! has %d bits, not %d", n, want, got)
		}
	}
}

// TestBalances moves nothing away, and not nothing.
func TestBalances(t *testing.T) {
	for _, threads := range []int{2, 3, 4, 7} {
		sum, moved := int64(0), false
		for k, b := range Balances(threads, 20) {
			sum += b - 1000 - int64(k)
			moved = moved || b != 1000+int64(k)
		}
		if sum != 0 || !moved {
			t.Errorf("%d threads: the accounts hold %d more than at first, moved %v", threads, sum, moved)
		}
	}
}

// TestFormulas draws many: they differ, none ends in a short circle, and each
// stays in its bounds, as big numbers tell.
func TestFormulas(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(500) {
		f := DrawFormula(seed)
		seen[f.Python()] = true
		x, add, m := big.NewInt(seed13), big.NewInt(1<<32), big.NewInt(modulus)
		add.Xor(add, new(big.Int).SetUint64(f.xorAdd))
		states := map[int64]bool{}
		for turns := range int64(200) {
			if got := f.chain(seed13, 1<<32, turns); got != x.Int64() {
				t.Fatalf("%s gives %d after %d turns, want %d", f.Python(), got, turns, x)
			}
			if states[x.Int64()] {
				t.Errorf("%s is back where it was after %d turns", f.Python(), turns)
			}
			states[x.Int64()] = true
			first := new(big.Int).Xor(x, new(big.Int).SetUint64(f.xorFirst))
			first.Add(first, new(big.Int).SetUint64(f.plusFirst))
			second := new(big.Int).Rsh(x, uint(f.shiftSecond))
			second.Xor(second, new(big.Int).SetUint64(f.xorSecond)).Add(second, new(big.Int).SetUint64(f.plusSecond))
			x = first.Mul(first, second)
			if f.mixed {
				x.Xor(x, add)
			} else {
				x.Add(x, add)
			}
			x.Mod(x, m)
		}
	}
	if len(seen) < 450 {
		t.Errorf("only %d different formulas in 500", len(seen))
	}
}

const seed13 = 1_234_567_890
