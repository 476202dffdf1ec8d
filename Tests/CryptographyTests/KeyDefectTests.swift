import Cryptography
import Groundwork
import OtherPrograms
import Testing

/// Keys whose private half anybody finds, made for these tests.
@Suite struct KeyDefectTests {
    @Test(
        arguments: zip(
            WeakModuli.all,
            [
                [KeyDefect.primeModulus], [.squareModulus], [.closePrimes], [.closePrimes], [.roca], [],
            ]))
    func `A modulus that is easily factored is told by its defect`(_ modulus: String, _ expected: [KeyDefect]) throws {
        let key = try PublicKey(rsaModulus: #require(Hex.decode(modulus)), exponent: [1, 0, 1])
        #expect(key.defects == expected)
    }

    @Test func `A small factor is found, and a key that was generated has none`() throws {
        // 3 × (2^2047 + …): any odd multiple of three of the right size.
        var modulus = [UInt8](repeating: 0xFF, count: 256)
        modulus[255] = 0xFF
        #expect(try PublicKey(rsaModulus: modulus, exponent: [1, 0, 1]).defects == [.smallFactor])
        for family in AlgorithmFamily.allCases {
            #expect(try PrivateKey.generate(family).publicKey.defects == [])
        }
    }

    /// The generator, its double and their negatives: private keys 1, 2, n − 2 and n − 1, by another program's word.
    @Test func `A point whose private key is a small number is told`() throws {
        let other = try Stranger()
        defer { other.clean() }
        let order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc6325"
        for (number, isKnown) in [
            (String(repeating: "0", count: 62) + "01", true), (String(repeating: "0", count: 62) + "02", true),
            (order + "50", true), (order + "4f", true), (String(repeating: "0", count: 56) + "12345678", false),
        ] {
            // ECPrivateKey (RFC 5915) without the public half: openssl works it out.
            try other.write(
                try #require(Hex.decode("30310201010420" + number + "a00a06082a8648ce3d030107")), "key.der")
            try other.run("openssl ec -inform DER -in key.der -pubout -outform DER -out public.der")
            let key = try PublicKey(spki: Array(other.read("public.der")))
            #expect(key.defects == (isKnown ? [.knownPoint] : []), "\(number)")
        }
    }
}

/// Each of 2048 bits: a prime; a square; neighbouring primes; primes 2^100 apart; Infineon's form; a sound one.
enum WeakModuli {
    static let all = [prime, square, neighbours, apart, roca, sound]
    static let prime = """
        c0160ceb191ca098da6e733c012fbabea716b6f372ae86673dbe380d4f620223fa129a1d7f059fc51458b4f3b8060191b664\
        8b2243fb53ae727bdbb799008cc6201d6ca252a6dc766325ae8ebf520c1b84341e940e3ec9baf0847b8af920a3ad69dfe664\
        8213d7bae245fc5e49c6ec048336507859f682e76e9c9c098cab1a41d2f5bd7c748ed6d51f5c5131f961b6049234e02fd831\
        fc601f9e53a2c77f296c3afca461a415e225ec371ce543b76a110151d0e471ca2ca8846dc3963047201742d0c4288debd681\
        627c29ea3593674bddf0ab7cec3924e6cd8a03c400106f18ef28eaca9fc5092fe603f5f81bf060ba6c834dcc947018af3513\
        4f5c551cde05
        """
    static let square = """
        90f28edbc8c47a0a1f6d85f674b4b0d681c7024575e118773eea0ce1ad3ae14db643d2eaf3ec62bb86c16f48153fda1b3dbc\
        686d77427cc6c63a04ecb45f88006bff42b418c89ea52a4928fe78d0e682072413f6fe050a9bc2a053bf772bdac473d6093a\
        4d949577dd64f65ef073ea70dac5ce13b0540221cbacee396bf91f55eda67fb633beec02cf7e62d54d9ed8485b5588734c3e\
        68db15f45b0a88ce102cd97d4601715755edd947790c2919b4040dcfa653e260145d113272dcb4056c61f82ac2295f9ab062\
        8636615833a90e0d28591428a6a186f56e408c7f40ef2be21893ea4510b039eee4d0db82aa05de22c68c4d2c37a047703ec5\
        1fdc50f543c9
        """
    static let neighbours = """
        90f28edbc8c47a0a1f6d85f674b4b0d681c7024575e118773eea0ce1ad3ae14db643d2eaf3ec62bb86c16f48153fda1b3dbc\
        686d77427cc6c63a04ecb45f88006bff42b418c89ea52a4928fe78d0e682072413f6fe050a9bc2a053bf772bdac473d6093a\
        4d949577dd64f65ef073ea70dac5ce13b0540221cbacee396bf91f5bf2b2054ffcf06ed263dee5be4b2ab964e1621ef1e9a3\
        0e538f0348bdee3861614208bc722b1f14b7c628322cb82a107f663a4b2f5a7b4f2dc1378dad00cff323afde708d6ed52811\
        cd494df8aa7131b9d1e5d713938fd6b62f07cd0b8a6bad40aa8c2b65a509b38747b4da07df2300a5ef25859d6c90b12fd3ff\
        8efee82b18e1
        """
    static let apart = """
        90f28edbc8c47a0a1f6d85f674b4b0d681c7024575e118773eea0ce1ad3ae14db643d2eaf3ec62bb86c16f48153fda1b3dbc\
        686d77427cc6c63a04ecb45f88006bff42b418c89ea52a4928fe78d0e682072413f6fe050a9bc2a053bf772bdac473d6093a\
        4d949577dd64f65ef073ea70dac5ce1fba6b0d555e0ff3d894ba2977053da4448488fc17005d630dbe1d975a1aace4fe47a0\
        c83931737f48baea2331cd7287291e67f1af995a733bf19a1cefb1bb35f10b454b072f4ed3d63a243bcda5199ea2994e6270\
        005ee2b6bbfb187e19549d8fe4289ff09594741ba116c3de7fc2cddd92eef52618659fdc1995b0cac4a59e655cb7f9d3d0d9\
        2d5f0e3e0d37
        """
    static let roca = """
        c2994f4f468b04d4e4d9838350992a98f48f6669fd182207f8c238f8f668798ab1089afec7dde0b929c7ab15fe514d597c98\
        55742e63658a07348130403ada40ca17ad57a65073ea596079a0a3527eab3e6a3a788dbc3fd6a12095cf082cbf501b900d41\
        58e538892fdf965ce7e5424cbd4031b26ce7b51a910d6d71837f917a46897578fd8a6b6da7c6afee49f9fc4096dbdaf8e643\
        785ffef4edb9acf5b85e89fc3e25c0ded430560294ff0cc29fbe4fe81bc172bcdaf060794c4c1f64233b098182984087be18\
        80ae3e6815840027f1a754230cf3a97bcdb0055207ff803238a05276a8f2046e8ca42b2d8fb04f03afd67c214f44bdd4e73c\
        b0278077ff21
        """
    static let sound = """
        9106c6f9aa4a3155a7fe529538f3f2dc2dd4b6ef22324752e8541687407dc75174a418d604d6ac1f08f9f3a0fdd2f63732e1\
        03d883928aec6ee461ba78800b7661afabc4131b4e26496ea7ac09ebb7cb65cff6aba92cb9b769cd459a8289567062a7bbe3\
        3c7338bce5695fc386826af4b1b3982d1e7e870e61812362e6cdd01cbeb7c0e69e3b68f94406e49c4880cc886660c6576a8d\
        add62ac8c6f8df98bdb52e28e3898d096ba586c5d9853f45e1792b7a87138ee8601da052a50ba29bcd14e0127ab9df9182f6\
        5579683aa69ac529cf5e2ddac1f6f217ea021b3da4c200a9d1ff7aeb8b7a55ec615a682188affbb315ec3270177253b329e2\
        168204583e6d
        """
}
