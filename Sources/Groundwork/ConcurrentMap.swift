internal import Foundation

/// Work of many equal parts, done side by side.
package enum ConcurrentMap {
    /// The outputs in the order of the inputs; the first error ends the rest.
    ///
    /// - Parameter waiting: whether a part may wait for something that parts can wait for together, such as a disk:
    ///   then all are begun at once, otherwise as many as there are processors.
    package static func map<Input: Sendable, Output: Sendable>(
        _ inputs: [Input], waiting: Bool = false, _ body: @escaping @Sendable (Input) async throws -> Output
    ) async throws -> [Output] {
        let lanes = max(1, waiting ? inputs.count : min(inputs.count, ProcessInfo.processInfo.activeProcessorCount))
        return try await withThrowingTaskGroup(of: [(Int, Output)].self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var outputs: [(Int, Output)] = []
                    for index in stride(from: lane, to: inputs.count, by: lanes) {
                        outputs.append((index, try await body(inputs[index])))
                    }
                    return outputs
                }
            }
            let all = try await group.reduce(into: []) { $0 += $1 }
            return all.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
