import Groundwork
import Testing

/// So many at once, and so many on average.
@Suite struct TokenBucketTests {
    private let second: UInt64 = 1_000_000_000

    private func taken(_ bucket: inout TokenBucket, at now: UInt64) -> Int {
        (0..<20).count { _ in bucket.take(perSecond: 2, burst: 5, at: now) == nil }
    }

    @Test func `A full one gives its burst, and then what comes`() {
        var bucket = TokenBucket(burst: 5, at: second)
        #expect(taken(&bucket, at: second) == 5)
        #expect(taken(&bucket, at: 2 * second) == 2)
        #expect(taken(&bucket, at: 2 * second + second / 4) == 0)
        #expect(taken(&bucket, at: 2 * second + second / 2) == 1)
        #expect(taken(&bucket, at: 3600 * second) == 5)
    }

    @Test func `Who gets none is told how long`() throws {
        var bucket = TokenBucket(burst: 5, at: 0)
        _ = taken(&bucket, at: 0)
        let wait = bucket.take(perSecond: 2, burst: 5, at: second / 4)
        #expect(abs(try #require(wait) - 0.25) < 0.001)
    }

    @Test func `A reading that lies behind gives nothing, and takes nothing back`() {
        var bucket = TokenBucket(burst: 5, at: 10 * second)
        #expect(taken(&bucket, at: 9 * second) == 5)
        #expect(taken(&bucket, at: 9 * second) == 0)
        #expect(taken(&bucket, at: 11 * second) == 2)
    }

    @Test func `It can be forgotten when it is full again`() {
        var bucket = TokenBucket(burst: 5, at: 0)
        _ = taken(&bucket, at: 0)
        #expect(!bucket.isFull(perSecond: 2, burst: 5, at: 2 * second))
        #expect(bucket.isFull(perSecond: 2, burst: 5, at: 5 * second / 2))
    }
}
