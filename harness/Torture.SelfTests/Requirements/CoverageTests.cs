using System.Reflection;
using FluentAssertions;
using NUnit.Framework;
using Torture.Harness;
using Torture.Requirements;

namespace Torture.SelfTests.Requirements;

/// <summary>Every sentence that one server can show has a case, or a reason why not.</summary>
public sealed class CoverageTests
{
    private static readonly HashSet<string> Declared =
    [
        .. Assembly.Load("Torture.Suites").GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttributes<VerifiesAttribute>())
            .SelectMany(verifies => verifies.Requirements),
    ];

    [Test]
    public void EveryWitnessSentenceOfAServerHasACaseOrAReason() =>
        Catalogue.Of(typeof(Swn))
            .Where(requirement => requirement.Testable == Testable.Yes
                && requirement.Role != Role.Client
                && requirement.Class != SentenceClass.Companion
                && requirement.Exception is null
                && !Declared.Contains(requirement.Id))
            .Should().BeEmpty();

    [Test]
    public void CasesVerifyWhatTheCataloguesHave() =>
        Declared.Where(id => !Catalogue.TryGet(id, out _)).Should().BeEmpty();

    [Test]
    public void WhatIsExceptedHasNoCase() => Declared.Intersect(CatalogueExceptions.All).Should().BeEmpty();
}
