/// The status address, asked as any relying party asks it.
package struct ServedStatus: Sendable {
    package struct Answer: Sendable {
        package let status: Int
        package let body: [UInt8]

        package init(status: Int, body: [UInt8]) {
            self.status = status
            self.body = body
        }
    }

    /// GET of a path below the address, such as `/crl/p256-entity-1/7.crl`.
    let get: @Sendable (_ path: String) async throws -> Answer
    /// How many certificates that nobody asked about are asked for, drawn at random.
    let sample: Int

    package init(sample: Int = 200, get: @escaping @Sendable (_ path: String) async throws -> Answer) {
        self.sample = sample
        self.get = get
    }
}
