/// Random numbers that can be had again: a test that fails names the seed (SplitMix64).
public struct Chance: RandomNumberGenerator {
    public let seed: UInt64
    private var state: UInt64

    public init(seed: UInt64 = .random(in: .min ... .max)) {
        self.seed = seed
        state = seed
        print("seed \(seed)")
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Cuts bytes into slices of random sizes.
    public mutating func slices(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var slices: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...max(1, rest.count), using: &self)
            slices.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return slices
    }
}
