using System.Globalization;
using Risk.Worker.Cli;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
return await RiskCommandLine.RunAsync(args);
