internal import COpenSSL

/// The abscissae of a curve's generator multiplied by 1 to 256: keys that anybody finds. A point and its negative,
/// which belongs to the order less the number, have the same.
enum CurveMultiples {
    static func of(_ family: AlgorithmFamily) -> Set<[UInt8]> {
        switch family {
        case .p256: p256
        case .sm2: sm2
        case .rsa2048: []
        }
    }

    private static let p256 = abscissae(NID_X9_62_prime256v1)
    private static let sm2 = abscissae(NID_sm2)

    private static func abscissae(_ curve: Int32) -> Set<[UInt8]> {
        guard let group = EC_GROUP_new_by_curve_name(curve) else { return [] }
        defer { EC_GROUP_free(group) }
        guard let context = BN_CTX_new(), let point = EC_POINT_new(group) else { return [] }
        defer {
            EC_POINT_free(point)
            BN_CTX_free(context)
        }
        var found: Set<[UInt8]> = []
        let generator = EC_GROUP_get0_generator(group)
        guard EC_POINT_copy(point, generator) == 1 else { return [] }
        for _ in 1...256 {
            var bytes = [UInt8](repeating: 0, count: 65)
            guard EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, &bytes, 65, context) == 65 else {
                return found
            }
            found.insert(Array(bytes[1..<33]))
            guard EC_POINT_add(group, point, point, generator, context) == 1 else { return found }
        }
        return found
    }
}
