using System.Buffers.Text;
using System.Collections.Immutable;

namespace Risk.Rules.Language.Library;

/// <summary>The encoders extension.</summary>
internal static class EncoderFunctions
{
    public static readonly ImmutableArray<CelFunction> All =
    [
        CelFunction.Global("base64.encode", [CelType.Bytes], CelType.Text, (a, _) => CelValue.Text(Convert.ToBase64String(a[0].AsBytes.AsSpan()))),
        CelFunction.Global("base64.decode", [CelType.Text], CelType.Bytes, (a, _) => Decode(a[0].AsText)),
    ];

    /// <summary>With or without padding.</summary>
    private static CelValue Decode(string text)
    {
        string padded = text.PadRight((text.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length];
        return Base64.IsValid(padded) && Convert.TryFromBase64String(padded, bytes, out int length) ? CelValue.Bytes([.. bytes.AsSpan(0, length)]) : CelValue.Error("the text is not base64");
    }
}
