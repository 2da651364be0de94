#!/usr/bin/env python3
"""Chooses the 255 relation types of the catalogue, the same way every time.

    assets/catalogue/choose.py [DATA] [--rejected | --coverage | --lists FOLDER]

DATA is the folder with tuples.tsv, dbo_properties.tsv, dbo_classes.tsv,
relations_623.tsv and single_triple_refs.dev.jsonl; without it, ../shared/data
beside the project. Plain: the chosen relations as a TSV with a header line.
--rejected: what was left out, why, and how many tuples go with it.
--coverage: how many rows of the data a chosen relation accounts for.
--lists FOLDER: writes chosen.tsv, three work lists of 85 in the order of their
topics (part1.tsv to part3.tsv) and examples.jsonl (up to six real tuples each).

What a relation must be, to be a candidate:

1. an object property of the DBpedia ontology: both its ends are things with a
   name (ADMITTED lists the few exceptions, each with its reason);
2. alive: at least three rows in tuples.tsv, any spelling counted;
3. sayable: one sentence can state it, and the reading in CANDIDATES is that
   sentence in short. Relations about the page, the record or the file
   (seeAlso, hypernym, type, related, picture) are out: see EXCLUDED;
4. one of its kind: a second spelling of the same statement is merged (SAME),
   and a Freebase or YAGO name for the opposite direction is noted with the
   relation that says it (OPPOSITE) and counted apart. Both directions are
   kept only where the ontology has both and people say both (parent, child).

Candidates are then ranked:

    score = log2(1 + rows in tuples.tsv)
          + 2 if it is an object property of the ontology
          + 1 if it is in the taxonomy of 623 relations
          + 1 each if people wrote a sentence for it in WebNLG, in Rel2Text
            (dev halves)

The best EACH_TOPIC of every topic come first, so that no part of the taxonomy
is empty; the rest of the 255 places go by score. Ties go to the relation with more human
sentences, then by name.

Spellings are compared without case, spaces and punctuation, so that
`birthPlace`, `birth place` and `birth_place` need no entry.
"""

import argparse
import collections
import hashlib
import json
import math
import pathlib
import re
import sys

WANTED = 255
EACH_TOPIC = 9
FEWEST_ROWS = 3
FEWEST_ROWS_REVIEWED = 4
LISTS = 3
EXAMPLES = 6

# A line is: name | type of the head | type of the tail | the statement, with H
# for the head and T for the tail. A line with # starts a topic.
CANDIDATES = """
# family and circle
spouse|Person|Person|H is married to T; symmetric
partner|Person|Person|H and T are a couple or life partners; symmetric
parent|Person|Person|H's parent is T
child|Person|Person|H's child is T
father|Person|Person|H's father is T
mother|Person|Person|H's mother is T
sibling|Person|Person|H and T are siblings; symmetric
relative|Person|Person|H and T are relatives; symmetric
friend|Person|Person|H and T are friends; symmetric
associate|Person|Person|H and T worked closely together; symmetric
influencedBy|Person|Person|T influenced H
influenced|Person|Person|H influenced T
doctoralAdvisor|Scientist|Scientist|H's doctoral advisor was T
doctoralStudent|Scientist|Scientist|H supervised the doctoral student T
academicAdvisor|Scientist|Scientist|H's academic advisor was T
notableStudent|Scientist|Scientist|H's notable student was T
trainer|Athlete|Person|H (athlete or horse) was trained by T
appointer|OfficeHolder|OfficeHolder|H was appointed by T
predecessor|OfficeHolder|OfficeHolder|T came before H in the post
successor|OfficeHolder|OfficeHolder|T came after H in the post
alongside|Presenter|Presenter|H worked alongside T; symmetric
# life and place
birthPlace|Person|Place|H was born in T
deathPlace|Person|Place|H died in T
deathCause|Person|Disease|H died of T
restingPlace|Person|Place|H is buried in T
residence|Person|Place|H lives or lived in T
hometown|Person|Settlement|H (person or band) has its home town in T
origin|Thing|Place|H (artist, family, weapon, dish, river) comes from T
nationality|Person|Country|H's nationality is that of T
citizenship|Person|Country|H is a citizen of T
ethnicity|Person|EthnicGroup|H belongs to the people T
religion|Person|Religion|H (person, school, place) follows or belongs to the religion T
canonizedPlace|Saint|Place|H was declared a saint in T
beatifiedPlace|Saint|Place|H was beatified in T
majorShrine|Saint|Place|H's main shrine is in T
veneratedIn|Saint|ReligiousOrganisation|H is venerated in the church T
religiousOrder|Cleric|ClericalOrder|H belongs to the religious order T
billed|Wrestler|Place|H is billed from T
sportCountry|Athlete|Country|H competes for the country T
# learning, work and thought
almaMater|Person|EducationalInstitution|H studied at T
student|EducationalInstitution|Person|T studied at H (or with H)
training|Artist|EducationalInstitution|H (artist) trained at T
institution|Scientist|University|H worked at the institution T
employer|Person|Organisation|H is employed by T
occupation|Person|Profession|H works as T
field|Person|AcademicSubject|H's field of work is T
mainInterest|Philosopher|AcademicSubject|H's main interest is T
knownFor|Person|Thing|H is known for T
notableWork|Person|Work|H's notable work is T
notableIdea|Philosopher|PhilosophicalConcept|H is known for the idea T
movement|Artist|ArtMovement|H is part of the movement T
philosophicalSchool|Philosopher|PhilosophicalSchool|H belongs to the philosophical school T
era|Philosopher|HistoricalPeriod|H belongs to the era T
style|Artist|Genre|H's style is T
award|Person|Award|H (person or work) received T
nominee|Award|Person|T is or was a nominee for H
board|Person|Organisation|H sits on the board of T
rector|University|Person|T is the rector of H
principal|School|Person|T is the principal of H
academicDiscipline|AcademicJournal|AcademicSubject|H covers the discipline T
voiceType|Singer|VoiceType|H sings as a T
significantBuilding|Architect|Building|H's significant building is T
significantProject|Person|Project|H's significant project is T
# politics and rule
party|Politician|PoliticalParty|H is a member of the party T
otherParty|Politician|PoliticalParty|H has also been a member of T
ideology|PoliticalParty|Ideology|H follows the ideology T
office|OfficeHolder|PoliticalFunction|H held the office T
president|OfficeHolder|President|H held office under President T (or T is president of H)
primeMinister|OfficeHolder|PrimeMinister|H held office under Prime Minister T (or T is prime minister of H)
monarch|OfficeHolder|Monarch|H held office under the monarch T
governor|OfficeHolder|Governor|H held office under Governor T (or T governs H)
vicePresident|President|VicePresident|H's vice president was T
chancellor|OfficeHolder|Person|T was chancellor under H (or is chancellor of H)
lieutenant|Governor|Lieutenant|H's lieutenant governor was T
taoiseach|OfficeHolder|PrimeMinister|H held office under the Taoiseach T
leader|Place|Person|T leads H
leaderTitle|PopulatedPlace|PoliticalFunction|the leader of H bears the title T
leaderParty|PopulatedPlace|PoliticalParty|the party in charge of H is T
mayor|City|Mayor|T is the mayor of H
governmentType|PopulatedPlace|GovernmentType|H is governed as a T
governingBody|Place|Organisation|H is governed by T
legislature|PopulatedPlace|Legislature|H's legislature is T
house|Legislature|Legislature|T is a chamber of H
politicalPartyInLegislature|Legislature|PoliticalParty|the party T has seats in H
jurisdiction|GovernmentAgency|Place|H has jurisdiction over T
internationalAffiliation|PoliticalParty|Organisation|H (party) belongs to the international T
splitFromParty|PoliticalParty|PoliticalParty|H split from T
youthWing|PoliticalParty|Organisation|H's youth wing is T
secretaryGeneral|Organisation|Person|T is the secretary general of H
# war and service
battle|MilitaryPerson|MilitaryConflict|H (person, unit or state) fought in T
commander|MilitaryConflict|MilitaryPerson|T commanded (in) H
notableCommander|MilitaryUnit|MilitaryPerson|T was a notable commander of H
commandStructure|MilitaryUnit|MilitaryUnit|H is under the command of T
militaryBranch|MilitaryPerson|MilitaryUnit|H served in the branch T
militaryUnit|MilitaryPerson|MilitaryUnit|H served in the unit T
militaryRank|MilitaryPerson|MilitaryRank|H held the rank T
garrison|MilitaryUnit|Place|H is garrisoned at T
isPartOfMilitaryConflict|MilitaryConflict|MilitaryConflict|H was part of the war T
place|MilitaryConflict|Place|H took place in T
usedInWar|Weapon|MilitaryConflict|H was used in the war T
aircraftFighter|MilitaryUnit|Aircraft|H flies the fighter T
aircraftAttack|MilitaryUnit|Aircraft|H flies the attack aircraft T
aircraftTransport|MilitaryUnit|Aircraft|H flies the transport aircraft T
perpetrator|Attack|Agent|T carried out H
victim|Event|Person|T was a victim of H
# sport
team|Athlete|SportsTeam|H plays or played for T
formerTeam|Athlete|SportsTeam|H used to play for T
youthClub|SoccerPlayer|SportsTeam|H played for T as a youth
nationalTeam|Athlete|SportsTeam|H plays for the national team T
debutTeam|Athlete|SportsTeam|H made the debut with T
draftTeam|Athlete|SportsTeam|H was drafted by T
currentMember|SportsTeam|Athlete|T plays for H
manager|SportsTeam|SportsManager|T manages H
managerClub|SportsManager|SportsTeam|H manages or managed T
coach|SportsTeam|Coach|T coaches H
coachedTeam|Coach|SportsTeam|H coaches or coached T
generalManager|SportsTeam|Person|T is the general manager of H
formerCoach|FigureSkater|Coach|H was formerly coached by T
choreographer|FigureSkater|Person|H's (skater or film) choreographer is T
formerChoreographer|FigureSkater|Person|H's choreographer used to be T
formerPartner|FigureSkater|FigureSkater|H used to skate with T; symmetric
ground|SportsTeam|Stadium|H plays its home games at T
league|SportsTeam|SportsLeague|H plays in the league T
season|SportsTeam|SportsSeason|H played in (or played) the season T
sport|Agent|Sport|H plays, teaches or is about the sport T
position|Athlete|SportsPosition|H plays in the position T
champion|SportsEvent|Athlete|T won H (in tennis, perhaps one of its events)
goldMedalist|OlympicEvent|Athlete|T won gold in H
silverMedalist|OlympicEvent|Athlete|T won silver in H
flagBearer|OlympicResult|Athlete|T carried the flag for H
officialOpenedBy|Olympics|Person|H was opened by T
firstDriver|GrandPrix|RacingDriver|T won H
secondDriver|GrandPrix|RacingDriver|T came second in H
thirdDriver|GrandPrix|RacingDriver|T came third in H
poleDriver|GrandPrix|RacingDriver|T started H from pole position
fastestDriver|GrandPrix|RacingDriver|T drove the fastest lap in H
firstDriverTeam|GrandPrix|FormulaOneTeam|the winner of H drove for T
race|Horse|HorseRace|H (horse, jockey or trainer) won the race T
raceHorse|HorseRider|Horse|H rode or trained the race horse T
previousEvent|Event|Event|T came before H
nextEvent|Event|Event|T came after H
# film and television
starring|Film|Actor|T stars in H
director|Film|Person|T directed H
producer|Work|Person|T produced H
executiveProducer|TelevisionShow|Person|T was executive producer of H
writer|Work|Writer|T wrote (the script of) H
musicComposer|Film|MusicComposer|T composed the music for H
cinematography|Film|Person|T shot H (director of photography)
editing|Film|Person|T edited H
productionCompany|Film|Company|T produced H
distributor|Film|Company|T distributed H
releaseLocation|Film|Place|H was released in T
network|TelevisionShow|Broadcaster|H was shown on T
presenter|TelevisionShow|Presenter|T presents H
narrator|Film|Person|T narrates H
voice|Work|VoiceActor|T gives a voice in (or to) H
guest|TelevisionEpisode|Person|T is a guest in H
showJudge|TelevisionShow|Person|T is a judge on H
creativeDirector|TelevisionShow|Person|T is the creative director of H
portrayer|FictionalCharacter|Actor|T plays the character H
series|Work|Work|H is part of the series T
animator|Cartoon|Person|T animated H
costumeDesigner|Film|Person|T designed the costumes for H
makeupArtist|Film|Person|T did the make-up for H
photographer|TelevisionEpisode|Person|T photographed H
openingFilm|FilmFestival|Film|H opened with the film T
lastAppearance|FictionalCharacter|TelevisionSeason|H last appears in T
# music
artist|MusicalWork|MusicalArtist|T recorded or performs H
album|Song|Album|H is on the album T
recordLabel|MusicalArtist|RecordLabel|H (artist or record) is with the label T
distributingLabel|RecordLabel|RecordLabel|H's records are distributed by T
recordedIn|MusicalWork|Place|H was recorded in T
lyrics|MusicalWork|Person|T wrote the lyrics of H
associatedMusicalArtist|MusicalArtist|MusicalArtist|H is associated with T; symmetric
bandMember|Band|MusicalArtist|T is a member of H
formerBandMember|Band|MusicalArtist|T used to be a member of H
instrument|MusicalArtist|Instrument|H plays (or is played on) T
genre|Work|Genre|H's genre is T
stylisticOrigin|MusicGenre|MusicGenre|H has its stylistic origin in T
derivative|MusicGenre|MusicGenre|T developed out of H
musicSubgenre|MusicGenre|MusicGenre|T is a subgenre of H
musicFusionGenre|MusicGenre|MusicGenre|T is a fusion genre of H
# books, software and other works
author|Book|Writer|T wrote H
creator|Work|Person|T created H
publisher|Book|Publisher|T published H
editor|WrittenWork|Person|T edits or edited H
illustrator|Book|Artist|T illustrated H
translator|Book|Person|T translated H
coverArtist|Book|Artist|T made the cover of H
mediaType|Book|MediaFormat|H appeared as a T
language|Work|Language|H is in T
basedOn|Work|Person|H is based on T (a work, or the work of the person T)
previousWork|Work|Work|T came before H
subsequentWork|Work|Work|T came after H
premierePlace|Play|Place|H had its premiere at T
currentProduction|Theatre|Play|T is on at H
developer|Software|Company|T developed H
computingPlatform|Software|Platform|H runs on T
operatingSystem|Software|Software|H runs on the operating system T
programmingLanguage|Software|ProgrammingLanguage|H is written in T
license|Software|License|H is released under T
gameEngine|VideoGame|Software|H uses the engine T
gameArtist|VideoGame|Artist|T made the art of H
# companies and organisations
founder|Organisation|Person|T founded H
foundationPlace|Organisation|Place|H was founded in T
headquarter|Organisation|Place|H's headquarters are in T
location|Thing|Place|H is located in T
regionServed|Organisation|Place|H serves T
keyPerson|Company|Person|T is a key person at H
chairman|Organisation|Person|T chairs H
parentCompany|Company|Company|H's parent company is T
subsidiary|Company|Company|T is a subsidiary of H
owner|Thing|Agent|T owns H
owns|Agent|Thing|H owns T
product|Company|Product|H makes T
service|Company|Service|H offers T
industry|Company|Industry|H is in the industry T
affiliation|Agent|Organisation|H (organisation or person) is affiliated with T
sisterStation|Broadcaster|Broadcaster|H and T are sister stations; symmetric
sisterCollege|College|College|H and T are sister colleges; symmetric
broadcastArea|Broadcaster|Place|H broadcasts in T
broadcastNetwork|Broadcaster|BroadcastNetwork|H carries or belongs to the network T
formerBroadcastNetwork|Broadcaster|BroadcastNetwork|H used to carry T
programmeFormat|RadioStation|Genre|H broadcasts T
campus|University|Place|H has a campus in T
colour|Organisation|Colour|H's colour is T
legalForm|Organisation|LegalForm|H is set up as a T
alliance|Airline|Organisation|H belongs to the airline alliance T
hubAirport|Airline|Airport|H's hub is T
targetAirport|Airline|Airport|H flies to T
chain|Hotel|Company|H belongs to the chain T
# places and people in them
country|Place|Country|H is in (or from) T
isPartOf|Place|Place|H is part of T
part|Place|Place|T is part of H
city|Place|City|H is in the city T
state|Place|State|H is in the state T
region|Place|Region|H is in the region T
county|Place|Region|H is in the county T
district|Place|District|H is in the district T
province|Place|Province|H is in the province T
municipality|Place|Municipality|H is in the municipality T
department|Settlement|Department|H is in the department T
canton|Settlement|Canton|H is in the canton T
federalState|Settlement|State|H is in the federal state T
ceremonialCounty|Settlement|Region|H is in the ceremonial county T
councilArea|Settlement|Region|H is in the council area T
lieutenancyArea|Settlement|Region|H is in the lieutenancy area T
principalArea|Settlement|Region|H is in the principal area T
metropolitanBorough|Settlement|Region|H is in the metropolitan borough T
arrondissement|Settlement|Arrondissement|H is in the arrondissement T
continent|Country|Continent|H is in T
capital|PopulatedPlace|City|H's capital is T
countySeat|Region|City|H's administrative seat is T
largestCity|PopulatedPlace|City|the largest city of H is T
currency|Country|Currency|H's currency is T
usingCountry|Currency|Country|H is used in T
timeZone|Place|TimeZone|H is in the time zone T
officialLanguage|PopulatedPlace|Language|H's official language is T
regionalLanguage|PopulatedPlace|Language|T is a regional language of H
spokenIn|Language|Place|H is spoken in T
languageFamily|Language|Language|H belongs to the language family T
languageRegulator|Language|Organisation|H is regulated by T
ethnicGroup|PopulatedPlace|EthnicGroup|T is an ethnic group in H
populationPlace|EthnicGroup|PopulatedPlace|H live in T
minority|Language|Country|H is a minority language (or people) in T
anthem|Country|Song|H's anthem is T
patronSaint|Place|Saint|T is the patron saint of H
twinTown|Settlement|Settlement|H is twinned with T; symmetric
neighboringMunicipality|Municipality|Municipality|H and T are neighbours; symmetric
border|Place|Place|H borders T; symmetric
northPlace|Place|Place|T lies to the north of H
southPlace|Place|Place|T lies to the south of H
eastPlace|Place|Place|T lies to the east of H
westPlace|Place|Place|T lies to the west of H
northEastPlace|Place|Place|T lies to the north-east of H
northWestPlace|Place|Place|T lies to the north-west of H
southEastPlace|Place|Place|T lies to the south-east of H
southWestPlace|Place|Place|T lies to the south-west of H
nearestCity|NaturalPlace|City|the nearest city to H is T
# land and water
mountainRange|Mountain|MountainRange|H belongs to the mountain range T
highestPoint|Place|Mountain|the highest point of H is T
lowestPoint|Place|Place|the lowest point of H is T
island|Place|Island|H is on (or contains) the island T
archipelago|Island|Archipelago|H belongs to the archipelago T
source|River|Place|H rises in or at T
sourceCountry|River|Country|H rises in the country T
riverMouth|River|BodyOfWater|H flows into T
mouthPlace|River|Place|H's mouth is at T
mouthCountry|River|Country|H's mouth is in the country T
leftTributary|River|River|T joins H from the left
rightTributary|River|River|T joins H from the right
inflow|BodyOfWater|BodyOfWater|T flows into H
river|Place|River|H is on the river T
basinCountry|Lake|Country|H's basin lies in T
isPartOfWineRegion|WineRegion|WineRegion|H is part of the wine region T
growingGrape|WineRegion|Grape|H grows the grape T
# buildings and infrastructure
architect|Building|Architect|T designed H
architecturalStyle|Building|ArchitecturalStyle|H is built in the style T
engineer|Building|Organisation|T was the engineer of H
builder|Building|Organisation|T built H
operator|Infrastructure|Organisation|T operates H
tenant|Stadium|Organisation|T uses (is a tenant of) H
constructionMaterial|Building|Material|H is built of T
material|Thing|Material|H is made of T
maintainedBy|Building|Organisation|T maintains H
curator|Museum|Person|T is the curator of H
crosses|Bridge|River|H crosses T
routeStart|Road|Place|H starts at T
routeEnd|Road|Place|H ends at T
routeJunction|Road|Place|H has a junction with (or at) T
highwaySystem|Road|Organisation|H belongs to the highway system T
meetingRoad|RoadJunction|Road|H lies on the road T
servingRailwayLine|RailwayStation|RailwayLine|H is served by T
railwayLineUsingTunnel|RailwayTunnel|RailwayLine|T runs through H
# vehicles and space
manufacturer|MeanOfTransportation|Company|T makes H
designer|Thing|Person|T designed H
designCompany|Automobile|Company|T (firm) designed H
assembly|Automobile|Place|H is assembled in T
engine|Automobile|AutomobileEngine|H has the engine T
bodyStyle|Automobile|CarBodyStyle|H is a T
powerType|MeanOfTransportation|Engine|H is powered by T
automobilePlatform|Automobile|Automobile|H is built on the platform T
vehicle|Automobile|Automobile|T is a vehicle built on H
relatedMeanOfTransportation|Automobile|Automobile|H and T are related vehicles; symmetric
homeport|Ship|Place|H's home port is T
aircraftUser|Aircraft|Organisation|T flies H
vehiclesInFleet|PublicTransitSystem|MeanOfTransportation|T is in the fleet of H
launchSite|Rocket|Place|H is launched from T
crewMember|SpaceMission|Astronaut|T flew on (or was crew of) H
mission|Astronaut|SpaceMission|H flew on T
rocketFunction|Rocket|RocketFunction|H serves as a T
discoverer|CelestialBody|Person|T discovered H
constellation|CelestialBody|Constellation|H is in the constellation T
namedAfter|Thing|Thing|H is named after T
# living things, food and health
kingdom|Species|Taxon|H belongs to the kingdom T
phylum|Species|Taxon|H belongs to the phylum T
division|Plant|Taxon|H belongs to the division T
class|Species|Taxon|H belongs to the class T
order|Species|Taxon|H belongs to the order T
family|Species|Taxon|H belongs to the family T
genus|Species|Taxon|H belongs to the genus T
species|Species|Species|H (subspecies) belongs to the species T
binomialAuthority|Species|Person|H was first described by T
sire|Horse|Horse|H's sire (father) is T
dam|Horse|Horse|H's dam (mother) is T
grandsire|Horse|Horse|H's grandsire is T
damsire|Horse|Horse|H's dam was sired by T
breeder|Horse|Person|T bred H
hybrid|Plant|Plant|H is a hybrid of T
ingredient|Food|Food|T is an ingredient of H
hasVariant|Food|Food|T is a variant of H
creatorOfDish|Food|Person|T created the dish H
symptom|Disease|Disease|T is a symptom of H
treatment|Disease|Drug|H is treated with T
organSystem|AnatomicalStructure|AnatomicalStructure|H belongs to the organ system T
innervates|Nerve|AnatomicalStructure|the nerve H supplies T
"""

# Object properties by meaning, though the ontology calls them something else.
ADMITTED = {
    "leaderTitle": "its tails are offices with a page (Mayor, Governor)",
    "office": "its tails are offices and bodies; 37 human sentences in WebNLG",
}

# Other spelling -> (relation that says the same, why).
SAME = {
    # family
    "isMarriedTo": ("spouse", "YAGO's name"),
    "domesticpartner": ("partner", "infobox's name"),
    "hasChild": ("child", "YAGO's name"),
    "children": ("child", "plural"),
    "relation": ("relative", "same statement, second ontology name"),
    "influences": ("influencedBy", "the infobox field lists who influenced the head, in spite of its name"),
    "before": ("predecessor", "succession box"),
    "after": ("successor", "succession box"),
    "replaced by": ("successor", "Wikidata's name"),
    "appointed_by": ("appointer", "Freebase's name"),
    # life and place
    "wasBornIn": ("birthPlace", "YAGO's name"),
    "place_of_birth": ("birthPlace", "Freebase's and Wikidata's name"),
    "diedIn": ("deathPlace", "YAGO's name"),
    "place_of_death": ("deathPlace", "Freebase's and Wikidata's name"),
    "cause_of_death": ("deathCause", "Freebase's and Wikidata's name"),
    "placeOfBurial": ("restingPlace", "a grave is a resting place"),
    "livesIn": ("residence", "YAGO's name"),
    "stateOfOrigin": ("nationality", "its tails are countries and peoples, as those of nationality"),
    "isCitizenOf": ("citizenship", "YAGO's name"),
    "country of citizenship": ("citizenship", "Wikidata's name"),
    "religiousAffiliation": ("religion", "infobox's name"),
    "denomination": ("religion", "its tails are churches, as those of religion"),
    # learning and work
    "graduatedFrom": ("almaMater", "YAGO's name"),
    "education": ("almaMater", "its tails are universities"),
    "educated at": ("almaMater", "Wikidata's name"),
    "alumni of": ("almaMater", "schema.org's name"),
    "institutions": ("institution", "plural"),
    "workInstitutions": ("institution", "infobox's name"),
    "workplaces": ("institution", "infobox's name"),
    "worksAt": ("employer", "YAGO's name"),
    "works for": ("employer", "schema.org's name"),
    "profession": ("occupation", "second ontology name for the same statement"),
    "has occupation": ("occupation", "schema.org's name"),
    "field of work": ("field", "Wikidata's name"),
    "professionalField": ("field", "infobox's name"),
    "mainInterests": ("mainInterest", "plural"),
    "interests": ("mainInterest", "Freebase's name"),
    "notableWorks": ("notableWork", "plural"),
    "hasWonPrize": ("award", "YAGO's name"),
    "awards": ("award", "plural"),
    "mawards": ("award", "infobox's name for military awards"),
    "award received": ("award", "Wikidata's name"),
    # politics and war
    "member of political party": ("party", "Wikidata's name"),
    "political ideology": ("ideology", "Wikidata's name"),
    "office (workedAt, workedAs)": ("office", "WebNLG's name"),
    "position held": ("office", "Wikidata's name"),
    "leaderName": ("leader", "second ontology name for the same statement"),
    "politicalPartyOfLeader": ("leaderParty", "leaderParty, said of a parliament"),
    "jurisdiction_of_office": ("jurisdiction", "Freebase's name"),
    "form_of_government": ("governmentType", "Freebase's name"),
    "government": ("governmentType", "its tails are forms of government"),
    "battles": ("battle", "plural"),
    "conflict": ("battle", "Wikidata's name"),
    "military_conflict": ("battle", "Freebase's name"),
    "participatedIn": ("battle", "YAGO's name; its tails are wars"),
    "member of military unit": ("militaryUnit", "Wikidata's name"),
    "happenedIn": ("place", "YAGO's name"),
    # sport
    "playsFor": ("team", "YAGO's name"),
    "club": ("team", "an athlete's club is the team; both mean 'plays for'"),
    "clubs": ("team", "plural"),
    "currentclub": ("team", "infobox's name"),
    "currentTeam": ("team", "second ontology name"),
    "member of sports team": ("team", "Wikidata's name"),
    "college": ("almaMater", "second ontology name"),
    "head coach": ("coach", "Wikidata's name"),
    "homeStadium": ("ground", "a home stadium is a home ground"),
    "homeArena": ("ground", "a home arena is a home ground"),
    "stadium": ("ground", "a team's stadium is its home ground"),
    "home venue": ("ground", "Wikidata's name"),
    "position_s": ("position", "Freebase's name"),
    "careerPosition": ("position", "infobox's name"),
    "position played on team / speciality": ("position", "Wikidata's name"),
    "sports": ("sport", "plural"),
    "sports discipline competed in": ("sport", "Wikidata's name"),
    "winner": ("champion", "Wikidata's name"),
    "championInSingleMale": ("champion", "who won the men's singles won the event"),
    "championInSingleFemale": ("champion", "who won the women's singles won the event"),
    "championInDoubleMale": ("champion", "who won the men's doubles won the event"),
    "championInDoubleFemale": ("champion", "who won the women's doubles won the event"),
    "championInMixedDouble": ("champion", "who won the mixed doubles won the event"),
    "officiallyOpenedBy": ("officialOpenedBy", "infobox's name"),
    "spreviouss": ("previousEvent", "infobox of the Olympics"),
    "sprevious": ("previousEvent", "infobox of the Olympics"),
    "wpreviouss": ("previousEvent", "infobox of the Olympics"),
    "wprevious": ("previousEvent", "infobox of the Olympics"),
    "snexts": ("nextEvent", "infobox of the Olympics"),
    "snext": ("nextEvent", "infobox of the Olympics"),
    "wnexts": ("nextEvent", "infobox of the Olympics"),
    "wnext": ("nextEvent", "infobox of the Olympics"),
    "followingEvent": ("nextEvent", "second ontology name"),
    # film, television, music
    "actor": ("starring", "Freebase's name"),
    "cast member": ("starring", "Wikidata's name"),
    "directed_by": ("director", "Freebase's name"),
    "produced_by": ("producer", "Freebase's name; people, not companies"),
    "producers": ("producer", "plural"),
    "executive_produced_by": ("executiveProducer", "Freebase's name"),
    "written_by": ("writer", "Freebase's name"),
    "screenwriter": ("writer", "Wikidata's name"),
    "music": ("musicComposer", "infobox's name"),
    "music by": ("musicComposer", "second ontology name"),
    "composer": ("musicComposer", "second ontology name; its heads are works too"),
    "director of photography": ("cinematography", "Wikidata's name"),
    "edited_by": ("editing", "Freebase's name"),
    "film editor": ("editing", "Wikidata's name"),
    "studio": ("productionCompany", "infobox's name; its tails are production companies"),
    "productionCompanies": ("productionCompany", "plural"),
    "production_companies": ("productionCompany", "Freebase's plural"),
    "company": ("productionCompany", "its heads are television shows"),
    "distributed by": ("distributor", "Wikidata's name"),
    "film_release_region": ("releaseLocation", "Freebase's name"),
    "channel": ("network", "the channel of a show is its network"),
    "broadcast by": ("network", "Wikidata's name"),
    "host": ("presenter", "the host of a ceremony presents it"),
    "voiceActor": ("voice", "infobox's name"),
    "part of the series": ("series", "Wikidata's name"),
    "musicalArtist": ("artist", "the artist of a single; artist says the same for any recording"),
    "musicalBand": ("artist", "DBpedia gives every single both musicalArtist and musicalBand"),
    "by artist": ("artist", "schema.org's name"),
    "label": ("recordLabel", "infobox's name"),
    "distributingCompany": ("distributingLabel", "DBpedia gives every label both"),
    "lyrics by": ("lyrics", "Wikidata's name"),
    "associatedBand": ("associatedMusicalArtist", "DBpedia gives every act both"),
    "associatedBand/associatedMusicalArtist": ("associatedMusicalArtist", "WebNLG's name"),
    "associatedAct": ("associatedMusicalArtist", "second ontology name"),
    "instruments_played": ("instrument", "Freebase's name"),
    "literaryGenre": ("genre", "a book's genre is a genre"),
    "netflix_genres": ("genre", "Freebase's name"),
    "subgenre": ("musicSubgenre", "Freebase's name"),
    "parent_genre": ("stylisticOrigin", "Freebase's name"),
    # books, software
    "languages": ("language", "plural"),
    "originalLanguage": ("language", "the language a work was written in"),
    "in language": ("language", "schema.org's name"),
    "precededBy": ("previousWork", "infobox's name"),
    "prequel": ("previousWork", "Freebase's name"),
    "follows": ("previousWork", "what H follows came before it"),
    "followedBy": ("subsequentWork", "what H is followed by came after it"),
    "sequel": ("subsequentWork", "Freebase's name"),
    "platform": ("computingPlatform", "Wikidata's name"),
    # organisations
    "foundedBy": ("founder", "second ontology name for the same statement"),
    "founders": ("founder", "plural"),
    "place_founded": ("foundationPlace", "Freebase's name"),
    "founding location": ("foundationPlace", "Rel2Text's name"),
    "headquarters": ("headquarter", "plural"),
    "headquarters location": ("headquarter", "Wikidata's name"),
    "hqLocationCity": ("headquarter", "infobox's name"),
    "hqLocationCountry": ("headquarter", "infobox's name"),
    "isLocatedIn": ("location", "YAGO's name"),
    "locations": ("location", "plural"),
    "locationCity": ("location", "location, said of a company and a city"),
    "locationCountry": ("location", "location, said of a company and a country"),
    "locatedInArea": ("location", "location, said of a mountain or an area"),
    "cityServed": ("regionServed", "WebNLG's name, of airports"),
    "chairperson": ("chairman", "second ontology name for the same statement"),
    "parentOrganisation": ("parentCompany", "said of organisations that are no companies"),
    "sub organization": ("subsidiary", "schema.org's name"),
    "childOrganisation": ("subsidiary", "said of organisations that are no companies"),
    "owned by": ("owner", "Wikidata's name"),
    "owningCompany": ("owner", "owner, said of a company"),
    "owningOrganisation": ("owner", "owner, said of an organisation"),
    "owner of": ("owns", "Wikidata's name"),
    "isAffiliatedTo": ("affiliation", "YAGO's name"),
    "colors": ("colour", "American plural"),
    "color": ("colour", "American spelling"),
    # places
    "countryOrigin": ("country", "country, said of a rocket"),
    "country_of_origin": ("country", "Freebase's and Wikidata's name"),
    "part of": ("isPartOf", "Wikidata's name"),
    "containedby": ("isPartOf", "Freebase's name"),
    "contained in place": ("isPartOf", "schema.org's name"),
    "administrative_parent": ("isPartOf", "Freebase's name"),
    "second_level_division_of": ("isPartOf", "Freebase's name"),
    "located in the administrative territorial entity": ("isPartOf", "Wikidata's name"),
    "contains": ("part", "Freebase's name"),
    "contains place": ("part", "schema.org's name"),
    "contains administrative territorial entity": ("part", "Wikidata's name"),
    "has part": ("part", "Wikidata's name"),
    "administrative_children": ("part", "Freebase's name"),
    "administrative_divisions": ("part", "Freebase's name"),
    "first_level_divisions": ("part", "Freebase's name"),
    "second_level_divisions": ("part", "Freebase's name"),
    "countries_within": ("part", "Freebase's name"),
    "citytown": ("city", "Freebase's name"),
    "state_province_region": ("state", "Freebase's name"),
    "hasCapital": ("capital", "YAGO's name"),
    "seat": ("countySeat", "infobox's name"),
    "largestMetro": ("largestCity", "the largest metropolitan area is named for its city"),
    "time_zones": ("timeZone", "Freebase's name"),
    "located in time zone": ("timeZone", "Wikidata's name"),
    "officiallang": ("officialLanguage", "infobox's name"),
    "countries_spoken_in": ("spokenIn", "Freebase's name"),
    "nation": ("spokenIn", "infobox of languages"),
    "twinCountry": ("twinTown", "twinned all the same; its tails are mixed"),
    "twinned administrative body": ("twinTown", "Wikidata's name"),
    "adjoins": ("border", "Freebase's name"),
    "shares border with": ("border", "Wikidata's name"),
    "borderingstates": ("border", "infobox's name"),
    "north": ("northPlace", "infobox's name"),
    "south": ("southPlace", "infobox's name"),
    "east": ("eastPlace", "infobox's name"),
    "west": ("westPlace", "infobox's name"),
    "northeast": ("northEastPlace", "infobox's name"),
    "northwest": ("northWestPlace", "infobox's name"),
    "southeast": ("southEastPlace", "infobox's name"),
    "southwest": ("southWestPlace", "infobox's name"),
    "highest": ("highestPoint", "second ontology name"),
    "highestPlace": ("highestPoint", "second ontology name"),
    "lowestPlace": ("lowestPoint", "second ontology name"),
    "sourcePlace": ("source", "the source of a river, said of a settlement"),
    "sourceMountain": ("source", "the source of a river, said of a mountain"),
    "sourceRegion": ("source", "the source of a river, said of a region"),
    "mouth of the watercourse": ("riverMouth", "Wikidata's name"),
    "mouthMountain": ("mouthPlace", "its tails are places, hardly ever mountains"),
    "mouthRegion": ("mouthPlace", "the mouth of a river, said of a region"),
    # buildings, vehicles, sky, life
    "operatedBy": ("operator", "infobox's name"),
    "operatingOrganisation": ("operator", "WebNLG's name"),
    "designed by": ("designer", "Wikidata's name"),
    "made from material": ("material", "Wikidata's name"),
    "routeStartLocation": ("routeStart", "second ontology name"),
    "routeEndLocation": ("routeEnd", "second ontology name"),
    "crewMembers": ("crewMember", "WebNLG's plural"),
    "astronaut mission": ("mission", "Rel2Text's name"),
    "namedFor": ("namedAfter", "infobox's name"),
    "mainIngredient": ("ingredient", "WebNLG's name"),
    "mainIngredients": ("ingredient", "WebNLG's plural"),
    "has listed ingredient": ("ingredient", "Rel2Text's name"),
    "ingredient name": ("ingredient", "Rel2Text's name"),
    "dishVariation": ("hasVariant", "WebNLG's name"),
    "symptoms": ("symptom", "plural"),
    "sign or symptom": ("symptom", "schema.org's name"),
    "possible treatment": ("treatment", "schema.org's name"),
}

# Spelling -> the chosen relation that it says backwards.
OPPOSITE = {
    "actedIn": "starring",
    "directed": "director",
    "edited": "editing",
    "created": "creator",
    "wroteMusicFor": "musicComposer",
    "film_story_credits": "writer",
    "films_executive_produced": "executiveProducer",
    "films_in_this_genre": "genre",
    "artists": "genre",
    "people_with_this_profession": "occupation",
    "people_born_here": "birthPlace",
    "instrumentalists": "instrument",
    "locations_in_this_time_zone": "timeZone",
    "organizations_founded": "founder",
    "commander of": "commander",
    "has written for": "author",
}
# Exact spellings that only look like another relation.
UNLIKE = {
    "crewmember": "Freebase: the crew of a film, not of a mission",
}

# Why a property of the ontology (or a frequent name outside it) is out.
EXCLUDED = {
    "about the page or the record, not about the world": """
        seeAlso hypernym related type differentFrom sameAs picture map person
        title caption list data name content item description taxonomy category
        instance_of subclass_of nrhpType binomial selection extra shape event
        otherTopics subject month comparable""",
    "a literal or a code, not a thing with a name": """
        grades satScore population footedness handedness aspectRatio gender
        hasGender sexualOrientation runwayLength runwayName date_of_birth
        date_of_death point_in_time birthDate inception publication_date
        fullName alternativeName areaCode""",
    "a technical detail that no one says in a sentence": """
        format pictureFormat film_format cpu battery typeOfElectrification
        daylightSavingTimeZone firstFlight film_release_distribution_medium""",
    "its rows mix several relations (Freebase's compound values or a loose infobox field)": """
        film award_nominee award_winner nominated_for honored_for ceremony role
        film_crew_role contributor participant organization member group films
        titles program programs teams player performer degree
        major_field_of_study type_of_union politician school university
        specialization management mainOrgan honours uses layout music_type
        legislative_sessions district_represented basic_title celebrity
        performance_role educational_institution school_type draft medalist judge head deputy agency connotation
        office_holder location_of_ceremony olympics
        territory combatant combatants schools_of_this_kind campuses openingTheme endingTheme
        nonFictionSubject""",
    "a prize by its own name: award says it, and half of its tails are films": """
        academyAward emmyAward goldenGlobeAward goyaAward grammyAward""",
    "a finer cut of a chosen relation, with few rows of its own": """
        frazioni subregion borough diocese authority canonizedBy nflTeam
        whaDraftTeam secondTeam thirdTeam poleDriverTeam fastestDriverTeam
        athletics committeeInLegislature cultivatedVariety addressInRoad
        importantStation waterwayThroughTunnel musicType startPoint""",
}

# Labels where splitting the name does not say what is meant.
LABELS = {
    "award": "award received",
    "class": "biological class",
    "division": "biological division",
    "order": "biological order",
    "family": "biological family",
    "kingdom": "biological kingdom",
    "dam": "dam (mother of a horse)",
    "ground": "home ground",
    "lyrics": "lyricist",
    "place": "place of the event",
    "source": "source of the river",
    "party": "political party",
    "part": "has part",
    "ideology": "political ideology",
    "race": "race won",
    "countySeat": "administrative seat",
    "billed": "billed from",
    "board": "board member of",
    "house": "house of the legislature",
    "border": "borders",
    "officialOpenedBy": "officially opened by",
}

INVERSES = [
    ("parent", "child"), ("influencedBy", "influenced"),
    ("doctoralAdvisor", "doctoralStudent"), ("predecessor", "successor"),
    ("previousWork", "subsequentWork"), ("previousEvent", "nextEvent"),
    ("isPartOf", "part"), ("parentCompany", "subsidiary"),
    ("owner", "owns"), ("currency", "usingCountry"),
    ("manager", "managerClub"), ("coach", "coachedTeam"),
    ("stylisticOrigin", "derivative"), ("team", "currentMember"),
    ("ethnicGroup", "populationPlace"), ("crewMember", "mission"),
    ("northPlace", "southPlace"), ("eastPlace", "westPlace"),
    ("northEastPlace", "southWestPlace"), ("northWestPlace", "southEastPlace"),
    ("automobilePlatform", "vehicle"),
]

# Types that the ontology has no class for.
OWN_TYPES = set("""ArchitecturalStyle ArtMovement CarBodyStyle Industry LegalForm
    License Material MediaFormat MilitaryRank PhilosophicalSchool Platform Product
    Religion RocketFunction Service SportsPosition Thing TimeZone VoiceType""".split())

# Classes whose kind the columns name; a type takes that of its nearest ancestor.
KINDS = {
    "Person": "per", "Place": "loc", "Organisation": "org", "Work": "work",
    "Species": "species", "Event": "event", "MeanOfTransportation": "vehicle",
    "Agent": "agent", "Language": "language", "Food": "food",
}

# Sources in the order in which examples are taken from them.
SOURCES = ["dbpedia50", "dbp5l-en", "dbpedia500", "webnlg", "rel2text",
           "yago3-10", "rebel", "fb15k"]


def plain(name):
    """The name without case, spaces and punctuation."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def table(path):
    """The rows of a TSV with a header line, as dictionaries."""
    with open(path, encoding="utf-8") as lines:
        header = next(lines).rstrip("\n").split("\t")
        return [dict(zip(header, line.rstrip("\n").split("\t"))) for line in lines]


def candidates():
    """Name -> topic, types and reading, in the order of the table."""
    found, topic = {}, ""
    for line in CANDIDATES.strip().splitlines():
        if line.startswith("#"):
            topic = line[2:]
            continue
        name, head, tail, reading = line.split("|")
        if name in found:
            sys.exit(f"choose.py: {name} is in the table twice")
        found[name] = {"name": name, "topic": topic, "head": head, "tail": tail, "reading": reading}
    return found


def kind_of(type_, parents):
    """per, loc, org and so on, by the nearest ancestor that KINDS knows."""
    while type_ in parents and type_ not in KINDS:
        type_ = parents[type_]
    return KINDS.get(type_, "topic")


def excluded():
    """Plain name -> (name, reason)."""
    return {plain(name): (name, reason) for reason, names in EXCLUDED.items() for name in names.split()}


class Data:
    """The data folder, read once and indexed by plain spelling."""

    def __init__(self, folder):
        self.ontology = {row["property"]: row for row in table(folder / "dbo_properties.tsv")}
        self.classes = {row["class"]: row["subClassOf"].split(",")[0].strip().lstrip(":")
                        for row in table(folder / "dbo_classes.tsv")}
        self.taxonomy = collections.defaultdict(set)
        for row in table(folder / "relations_623.tsv"):
            self.taxonomy[plain(row["relation"])].add(f"{row['source_type']}>{row['target_type']}")
        self.tuples = collections.defaultdict(list)
        self.unlike = collections.Counter()
        self.shown = {}
        for row in table(folder / "tuples.tsv"):
            if row["property"] in UNLIKE:
                self.unlike[row["property"]] += 1
                continue
            key = plain(row["property"])
            self.tuples[key].append(row)
            self.shown.setdefault(key, row["property"])
        self.sentences = collections.defaultdict(collections.Counter)
        with open(folder / "single_triple_refs.dev.jsonl", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                source = "rel2text" if row["source"] == "rel2text" else "webnlg"
                self.sentences[source][plain(row["property"])] += 1

    def rows(self, keys):
        return [row for key in keys for row in self.tuples.get(key, [])]

    def written(self, keys):
        """In how many of the two sets of human sentences the relation occurs."""
        return sum(any(counts[key] for key in keys) for counts in self.sentences.values())

    def human(self, keys):
        return sum(counts[key] for counts in self.sentences.values() for key in keys)


def weigh(data):
    """Every candidate with its spellings, rows and score."""
    all_ = candidates()
    keys = {name: [plain(name)] for name in all_}
    for spelling, (name, _) in SAME.items():
        if name not in all_:
            sys.exit(f"choose.py: {spelling} is merged into {name}, which is no candidate")
        if plain(spelling) not in keys[name]:
            keys[name].append(plain(spelling))
    opposites = collections.defaultdict(list)
    for spelling, name in OPPOSITE.items():
        opposites[name].append(plain(spelling))
    inverse = {a: b for pair in INVERSES for a, b in (pair, pair[::-1])}
    for name, it in all_.items():
        for type_ in (it["head"], it["tail"]):
            if type_ not in data.classes and type_ not in OWN_TYPES:
                sys.exit(f"choose.py: {name} has the type {type_}, which is neither a class nor our own")
        entry = data.ontology.get(name)
        if entry is None or (entry["kind"] != "object" and name not in ADMITTED):
            sys.exit(f"choose.py: {name} is no object property of the ontology")
        it["keys"] = keys[name]
        it["opposites"] = opposites[name]
        it["rows"] = len(data.rows(it["keys"]))
        it["object"] = entry["kind"] == "object"
        it["pairs"] = sorted(data.taxonomy.get(plain(name), set()))
        it["human"] = data.human(it["keys"])
        it["inverse"] = inverse.get(name, "")
        it["comment"] = entry.get("comment_en", "")
        it["domain"], it["range"] = entry["domain"].lstrip(":"), entry["range"].lstrip(":")
        it["kinds"] = f"{kind_of(it['head'], data.classes)}>{kind_of(it['tail'], data.classes)}"
        it["score"] = (math.log2(1 + it["rows"]) + 2 * it["object"]
                       + bool(it["pairs"]) + data.written(it["keys"]))
    return all_


def choose(all_):
    """The names of the chosen, and the score of the last one that came in by score."""
    ranked = sorted((it for it in all_.values() if it["rows"] >= FEWEST_ROWS),
                    key=lambda it: (-it["score"], -it["human"], it["name"]))
    taken, by_topic = set(), collections.Counter()
    for it in ranked:
        if by_topic[it["topic"]] < EACH_TOPIC:
            by_topic[it["topic"]] += 1
            taken.add(it["name"])
    line = 0.0
    for it in ranked:
        if len(taken) == WANTED:
            break
        if it["name"] not in taken:
            taken.add(it["name"])
            line = it["score"]
    if len(taken) != WANTED:
        sys.exit(f"choose.py: {len(taken)} relations instead of {WANTED}")
    return taken, line


def examples(data, it, wanted):
    """Up to `wanted` tuples, no end twice, the good sources first."""

    def worth(row):
        head, tail = row["subject"], row["object"]
        return (
            head == tail or "List_of" in head + tail or '"' in head + tail,
            len(head) > 40 or len(tail) > 40,
            SOURCES.index(row["source"]) // 3,
            hashlib.sha256(f"{head}|{tail}".encode()).hexdigest(),
        )

    seen, found, later = set(), [], []
    for row in sorted(data.rows(it["keys"]), key=worth):
        ends = {row["subject"], row["object"]}
        (later if ends & seen else found).append([row["subject"], row["object"]])
        seen |= ends
        if len(found) == wanted:
            break
    for pair in later:
        if len(found) < wanted and pair not in found:
            found.append(pair)
    return found


def label(name):
    return LABELS.get(name) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


COLUMNS = ["name", "iri", "label", "head_type", "tail_type", "rows", "kinds", "ontology",
           "taxonomy", "human_sentences", "topic", "reading", "inverse", "spellings",
           "opposite_spellings", "ontology_domain", "ontology_range", "example_head",
           "example_tail"]


def line_of(data, it, taken):
    def counted(keys):
        return ", ".join(f"{data.shown[key]} ({len(data.tuples[key])})" for key in keys if key in data.tuples)

    example = examples(data, it, 1)[0]
    return "\t".join(str(value) for value in [
        it["name"], f"http://dbpedia.org/ontology/{it['name']}", label(it["name"]),
        it["head"], it["tail"], it["rows"], it["kinds"],
        "object" if it["object"] else "datatype", ",".join(it["pairs"]) or "no",
        it["human"], it["topic"], it["reading"],
        it["inverse"] if it["inverse"] in taken else "",
        counted(it["keys"]), counted(it["opposites"]), it["domain"], it["range"], *example])


def lists(data, all_, taken, folder):
    """The files that writers work from."""
    folder.mkdir(parents=True, exist_ok=True)
    header = "\t".join(COLUMNS)
    chosen = [it for it in all_.values() if it["name"] in taken]
    lines = [line_of(data, it, taken) for it in chosen]
    size = WANTED // LISTS
    parts = {"chosen": lines}
    parts |= {f"part{n + 1}": lines[n * size:(n + 1) * size] for n in range(LISTS)}
    for name, part in parts.items():
        (folder / f"{name}.tsv").write_text("\n".join([header, *part]) + "\n", encoding="utf-8")
    with open(folder / "examples.jsonl", "w", encoding="utf-8") as out:
        for it in chosen:
            out.write(json.dumps({
                "name": it["name"], "examples": examples(data, it, EXAMPLES),
                "comment": it["comment"],
                "spellings": [data.shown[key] for key in it["keys"] if key in data.tuples],
                "opposite_spellings": [data.shown[key] for key in it["opposites"] if key in data.tuples],
            }, ensure_ascii=False) + "\n")


def rejected(data, all_, taken, last):
    """What was left out and why, the largest of every reason first."""
    known = {key for it in all_.values() for key in it["keys"]}
    reasons = collections.defaultdict(list)
    for it in all_.values():
        if it["name"] in taken:
            continue
        why = (f"fewer than {FEWEST_ROWS} rows" if it["rows"] < FEWEST_ROWS
               else f"candidate, but scored too low for the {WANTED} places (below {last:.2f})")
        reasons[why].append((it["rows"], it["name"]))
    out = excluded()
    for key, (name, reason) in out.items():
        if key not in known and key in data.tuples:
            reasons[reason].append((len(data.tuples[key]), name))
    for spelling, name in OPPOSITE.items():
        key = plain(spelling)
        if key in data.tuples and key not in known:
            reasons["the opposite direction of a chosen relation"].append(
                (len(data.tuples[key]), f"{spelling} (backwards: {name})"))
    for spelling, count in data.unlike.items():
        reasons[UNLIKE[spelling]].append((count, spelling))
    settled = known | set(out) | {plain(spelling) for spelling in OPPOSITE}
    objects = {plain(name) for name, row in data.ontology.items() if row["kind"] == "object"}
    for key, rows in data.tuples.items():
        if key in settled:
            continue
        if key not in objects:
            why = "no object property of the ontology"
        elif len(rows) < FEWEST_ROWS_REVIEWED:
            why = f"object property with fewer than {FEWEST_ROWS_REVIEWED} rows, not reviewed"
        else:
            why = "object property that no table mentions yet"
        reasons[why].append((len(rows), data.shown[key]))
    unseen = len([key for key in objects - settled if key not in data.tuples])
    print("reason\tname\trows")
    for why, names in sorted(reasons.items()):
        names.sort(key=lambda pair: (-pair[0], pair[1]))
        for rows, name in names:
            print(f"{why}\t{name}\t{rows}")
    print("# reason\tnames\trows", file=sys.stderr)
    for why, names in sorted(reasons.items()):
        print(f"# {why}\t{len(names)}\t{sum(rows for rows, _ in names)}", file=sys.stderr)
    print(f"# object property without a single row\t{unseen}\t0", file=sys.stderr)


def coverage(data, all_, taken):
    """Shares of rows with a chosen relation, and the largest names without one."""
    same = {key for name in taken for key in all_[name]["keys"]}
    turned = {key for name in taken for key in all_[name]["opposites"]} - same
    sets = {"tuples.tsv": collections.Counter({key: len(rows) for key, rows in data.tuples.items()})}
    sets["tuples.tsv"].update(data.unlike)
    sets["WebNLG single triples (dev)"] = data.sentences["webnlg"]
    sets["Rel2Text (dev)"] = data.sentences["rel2text"]
    for title, counts in sets.items():
        total = sum(counts.values())
        direct = sum(count for key, count in counts.items() if key in same)
        backwards = sum(count for key, count in counts.items() if key in turned)
        missing = [(count, key) for key, count in counts.items() if key not in same | turned]
        missing.sort(key=lambda pair: (-pair[0], pair[1]))
        largest = ", ".join(f"{data.shown.get(key, key)} {count}" for count, key in missing[:20])
        print(f"{title}\trows {total}\tcovered {direct} ({direct / total:.1%})"
              f"\twith opposites {direct + backwards} ({(direct + backwards) / total:.1%})"
              f"\tlargest missing: {largest}")


def main():
    home = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", type=pathlib.Path, default=home.parent / "shared" / "data")
    parser.add_argument("--rejected", action="store_true", help="what was left out, and why")
    parser.add_argument("--coverage", action="store_true", help="how many rows have a chosen relation")
    parser.add_argument("--lists", type=pathlib.Path, metavar="FOLDER", help="write the writers' lists there")
    wish = parser.parse_args()
    if not (wish.data / "tuples.tsv").is_file():
        sys.exit(f"choose.py: no tuples.tsv in {wish.data}; name the data folder")
    data = Data(wish.data)
    all_ = weigh(data)
    taken, last = choose(all_)
    if wish.rejected:
        rejected(data, all_, taken, last)
    elif wish.coverage:
        coverage(data, all_, taken)
    elif wish.lists:
        lists(data, all_, taken, wish.lists)
    else:
        print("\t".join(COLUMNS))
        for it in all_.values():
            if it["name"] in taken:
                print(line_of(data, it, taken))


if __name__ == "__main__":
    main()
